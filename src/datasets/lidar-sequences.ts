/** Training and test sequences from lidar drives, as the Python package ncps cuts them. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { Pcg64 } from "../wirings/numpy/pcg64.js";
import type { LidarTrace } from "./lidar-traces.js";

/** Sequences of equal length. */
export interface LidarSequences {
  /** Distances `[count, time, beams]`, row by row. */
  x: Float32Array;
  /** Steering `[count, time]`. */
  y: Float32Array;
  /** Number of sequences. */
  count: number;
}

/** Options of {@link splitLidarTraces}. */
export interface LidarSplitOptions {
  /** Steps of a sequence, default 32; sequences overlap by half. */
  sequenceLength?: number;
  /** Number of shuffled drives for testing, default 7. */
  testTraces?: number;
  /** Seed of the order, default that of ncps, 20200822. */
  seed?: number;
  /** Whether each drive is added a second time, mirrored, in both splits; default true. */
  mirror?: boolean;
}

const names = optionNames<LidarSplitOptions>({
  sequenceLength: true,
  testTraces: true,
  seed: true,
  mirror: true,
});

/** Result of {@link splitLidarTraces}. */
export interface LidarSplit {
  /** Sequences for training. */
  train: LidarSequences;
  /** Sequences for testing; no drive is in both. */
  test: LidarSequences;
}

/**
 * Cuts drives into sequences as `ncps.datasets.icra2020_lidar_collision_avoidance` does: the drives in the order of
 * numpy's `default_rng(20200822).shuffle`, the first seven for testing, each also mirrored (beams reversed, steering
 * negated), windows that overlap by half. The 29 published drives give 678 sequences of 32 steps for training
 * and 250 for testing.
 *
 * @throws InvalidArgumentError when drives have different beams, are too few or too short, or an option is wrong
 *
 * @example
 * ```ts
 * const traces = readLidarNpz(await readFile("icra2020_imitation_data_packed.npz"));
 * const { train, test } = splitLidarTraces(traces);
 * ```
 */
export function splitLidarTraces(traces: readonly LidarTrace[], options: LidarSplitOptions = {}): LidarSplit {
  checkOptions("splitLidarTraces", options, names);
  const { sequenceLength = 32, testTraces = 7, seed = 20200822, mirror = true } = options;
  if (!Number.isInteger(sequenceLength) || sequenceLength < 2) {
    throw new InvalidArgumentError(
      "sequenceLength",
      `expected an integer of at least 2, received ${sequenceLength}`,
    );
  }
  if (!Number.isInteger(testTraces) || testTraces < 1 || testTraces >= traces.length) {
    throw new InvalidArgumentError(
      "testTraces",
      `expected at least 1 and fewer than the ${traces.length} drives, received ${testTraces}`,
    );
  }
  const { beams } = traces[0];
  const other = traces.find((trace) => trace.beams !== beams);
  if (other) {
    throw new InvalidArgumentError(
      "traces",
      `expected drives of ${beams} beams, received one of ${other.beams}`,
    );
  }
  const ordered = numpyShuffle(traces, seed);
  const cut = (part: readonly LidarTrace[]) =>
    cutWindows(mirror ? part.flatMap((trace) => [trace, mirrored(trace)]) : part, sequenceLength);
  const split = { train: cut(ordered.slice(testTraces)), test: cut(ordered.slice(0, testTraces)) };
  for (const [part, { count }] of Object.entries(split)) {
    if (count > 0) continue;
    throw new InvalidArgumentError(
      "traces",
      `the drives for ${part} have no sequence of ${sequenceLength} steps: expected some that are longer`,
    );
  }
  return split;
}

/** Mirrors a drive left to right. */
export function mirrored({ ranges, steering, beams }: LidarTrace): LidarTrace {
  const reversed = ranges.slice();
  for (let at = 0; at < reversed.length; at += beams) reversed.subarray(at, at + beams).reverse();
  return { ranges: reversed, steering: steering.map((command) => -command), beams };
}

/** A copy in the order of `np.random.default_rng(seed).shuffle(list)`. */
export function numpyShuffle<T>(items: readonly T[], seed: number): T[] {
  const bits = new Pcg64(seed);
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    // Masks words to the number of bits of i until one is not above it.
    const mask = 0xffffffff >>> Math.clz32(i);
    let j = (bits.uint32() & mask) >>> 0;
    while (j > i) j = (bits.uint32() & mask) >>> 0;
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}

function cutWindows(traces: readonly LidarTrace[], length: number): LidarSequences {
  const beams = traces[0]?.beams ?? 0;
  const hop = Math.floor(length / 2);
  // As range(0, steps - length, hop) in ncps: a window that would end with the last step is left out.
  const windows = traces.flatMap((trace) =>
    Array.from({ length: Math.max(0, Math.ceil((trace.steering.length - length) / hop)) }, (_, i) => ({
      trace,
      start: i * hop,
    })),
  );
  const x = new Float32Array(windows.length * length * beams);
  const y = new Float32Array(windows.length * length);
  windows.forEach(({ trace, start }, i) => {
    x.set(trace.ranges.subarray(start * beams, (start + length) * beams), i * length * beams);
    y.set(trace.steering.subarray(start, start + length), i * length);
  });
  return { x, y, count: windows.length };
}
