/** Readers of recorded drives of a robot past obstacles. */

import { readNpz } from "../bridges/npz.js";
import { CheckpointError } from "../core/errors.js";

/** One drive: lidar distances and steering commands. */
export interface LidarTrace {
  /** Distances in metres, one row of {@link LidarTrace.beams} per step, `[steps * beams]`. */
  ranges: Float32Array;
  /** Steering command from -1 to 1 in each step `[steps]`. */
  steering: Float32Array;
  /** Number of beams of the lidar; 541 in the recorded drives. */
  beams: number;
}

/**
 * Reads the packed drives: arrays `x_0`, `x_1`, ... `[steps, beams]` and `y_0`, `y_1`, ... `[steps]`.
 *
 * @param bytes content of the `.npz` file · @param file name used in error messages
 * @returns the drives in numerical order
 * @throws CheckpointError when the file is damaged or contains something else
 */
export function readLidarNpz(bytes: Uint8Array, file = "npz"): LidarTrace[] {
  const arrays = readNpz(bytes, file);
  const traces: LidarTrace[] = [];
  for (let i = 0; 2 * i < arrays.size; i++) {
    const x = arrays.get(`x_${i}`);
    const y = arrays.get(`y_${i}`);
    if (!x || !y)
      throw new CheckpointError(`${file}: expected pairs x_0, y_0, x_1, ..., found no pair x_${i}, y_${i}`);
    if (x.shape.length !== 2 || x.shape[0] !== y.data.length) {
      throw new CheckpointError(
        `${file}: expected x_${i} [steps, beams] and y_${i} [steps], received [${x.shape}] and [${y.shape}]`,
      );
    }
    traces.push({
      ranges: Float32Array.from(x.data),
      steering: Float32Array.from(y.data),
      beams: x.shape[1],
    });
  }
  return traces;
}

/** Columns before the beams: time and two numbers of the robot's state. */
const columnsBefore = 3;

/**
 * Reads one drive from text: one line per step with time, two state values, the beams, the steering command,
 * separated by commas; a header line is skipped.
 *
 * @param file name used in error messages
 * @throws CheckpointError naming the line that is malformed
 */
export function readLidarCsv(text: string, file = "csv"): LidarTrace {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length > 0 && Number.isNaN(Number(lines[0].split(",")[0]))) lines.shift();
  if (lines.length === 0) throw new CheckpointError(`${file}: expected one line a step, found none`);
  const columns = lines[0].split(",").length;
  const beams = columns - columnsBefore - 1;
  if (beams < 1) {
    throw new CheckpointError(
      `${file}: expected time, two states, beams and steering in a line, found ${columns} columns`,
    );
  }
  const ranges = new Float32Array(lines.length * beams);
  const steering = new Float32Array(lines.length);
  lines.forEach((line, step) => {
    const numbers = line.split(",").map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
    if (numbers.length !== columns || !numbers.every(Number.isFinite)) {
      throw new CheckpointError(
        `${file}: expected ${columns} numbers for step ${step}, found "${line.slice(0, 60)}"`,
      );
    }
    ranges.set(numbers.slice(columnsBefore, -1), step * beams);
    steering[step] = numbers[columns - 1];
  });
  return { ranges, steering, beams };
}
