/** Converts between `[batch, time, size]`, the users' layout of sequences, and time-major rows, that of scans. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";

/** Elapsed time of a sequence's steps: a number, `[batch]`, `[batch, time]` or `[batch, time, 1]`. */
export type Elapsed = number | tf.Tensor | number[] | number[][];

/** Converts `[batch, time, size]` to `[time * batch, size]`, starting with all sequences' first steps. */
export function toRows(x: tf.Tensor3D): tf.Tensor2D {
  const [batch, steps, size] = x.shape;
  const ordered = batch === 1 || steps === 1 ? x : tf.transpose(x, [1, 0, 2]);
  return tf.reshape(ordered, [steps * batch, size]);
}

/** The reverse of {@link toRows}. */
export function fromRows(rows: tf.Tensor2D, batch: number, steps: number): tf.Tensor3D {
  const size = rows.shape[1];
  if (batch === 1 || steps === 1) return tf.reshape(rows, [batch, steps, size]);
  return tf.transpose(tf.reshape<tf.Rank.R3>(rows, [steps, batch, size]), [1, 0, 2]);
}

/**
 * Converts elapsed times to one number, or to time-major rows `[time * batch, 1]`.
 *
 * @throws ShapeError when the shape matches neither batch nor sequence
 * @throws InvalidArgumentError when a number, also in an array, is negative or NaN
 */
export function elapsedRows(
  elapsed: Elapsed | undefined,
  batch: number,
  steps: number,
): number | tf.Tensor2D {
  const times = elapsedSteps(elapsed, batch, steps);
  return typeof times === "number" ? times : toRows(tf.reshape<tf.Rank.R3>(times, [batch, steps, 1]));
}

/** Converts elapsed times to one number, or to `[batch, time]`; throws like {@link elapsedRows}. */
export function elapsedSteps(
  elapsed: Elapsed | undefined,
  batch: number,
  steps: number,
): number | tf.Tensor2D {
  if (elapsed === undefined) return 1;
  if (typeof elapsed === "number") return checkTime(elapsed);
  if (Array.isArray(elapsed)) return elapsedSteps(fromArray(elapsed), batch, steps);
  if (!(elapsed instanceof tf.Tensor)) {
    throw new InvalidArgumentError("elapsed", `expected a number, an array or a tensor, received ${elapsed}`);
  }
  const { shape } = elapsed;
  const times = elapsed.dtype === "float32" ? elapsed : tf.cast(elapsed, "float32");
  if (shape.length === 1 && shape[0] === batch) {
    return tf.tile(tf.reshape<tf.Rank.R2>(times, [batch, 1]), [1, steps]);
  }
  const flat = shape.length === 2 || (shape.length === 3 && shape[2] === 1);
  if (flat && shape[0] === batch && shape[1] === steps) return tf.reshape(times, [batch, steps]);
  throw new ShapeError("elapsed", `[${batch}], [${batch}, ${steps}] or [${batch}, ${steps}, 1]`, shape);
}

// tf.tensor accepts rows of unequal length and reads past their end.
function fromArray(elapsed: number[] | number[][]): tf.Tensor {
  const first = elapsed[0];
  const columns = Array.isArray(first) ? first.length : undefined;
  elapsed.forEach((row, i) => {
    const length = Array.isArray(row) ? row.length : undefined;
    if (length === columns) return;
    const expected = columns === undefined ? "[]" : `[${columns}]`;
    throw new ShapeError(`elapsed[${i}]`, `${expected}, as elapsed[0]`, length === undefined ? [] : [length]);
  });
  for (const time of elapsed.flat()) checkTime(time);
  return tf.tensor(elapsed as number[]);
}

function checkTime(time: number): number {
  if (time >= 0 && Number.isFinite(time)) return time;
  throw new InvalidArgumentError("elapsed", `expected finite times of at least 0, received ${time}`);
}
