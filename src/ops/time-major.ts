/** Between `[batch, time, ...]`, as users see sequences, and `[time, batch, ...]`, as scans run through them. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";

/** Elapsed time of a sequence's steps: a number, `[batch]`, `[batch, time]` or `[batch, time, 1]`. */
export type Elapsed = number | tf.Tensor | number[] | number[][];

/** `[batch, time, size]` as `[time, batch, size]`. */
export function toTimeMajor(x: tf.Tensor3D): tf.Tensor3D {
  const [batch, steps, size] = x.shape;
  if (batch === 1 || steps === 1) return tf.reshape(x, [steps, batch, size]);
  return tf.transpose(x, [1, 0, 2]);
}

/** `[time, batch, size]` as `[batch, time, size]`. */
export function fromTimeMajor(x: tf.Tensor3D): tf.Tensor3D {
  return toTimeMajor(x);
}

/**
 * Elapsed times as one number, or as a tensor `[time, batch, 1]`.
 *
 * @throws ShapeError when the shape fits neither batch nor sequence
 * @throws InvalidArgumentError when a number, also in an array, is negative or NaN
 */
export function elapsedTensor(
  elapsed: Elapsed | undefined,
  batch: number,
  steps: number,
): number | tf.Tensor3D {
  if (elapsed === undefined) return 1;
  if (typeof elapsed === "number") return checkTime(elapsed);
  if (Array.isArray(elapsed)) {
    for (const time of elapsed.flat()) checkTime(time);
    return elapsedTensor(tf.tensor(elapsed), batch, steps);
  }
  const { shape } = elapsed;
  const times = elapsed.dtype === "float32" ? elapsed : tf.cast(elapsed, "float32");
  if (shape.length === 1 && shape[0] === batch) {
    return tf.tile(tf.reshape(times, [1, batch, 1]), [steps, 1, 1]) as tf.Tensor3D;
  }
  const flat = shape.length === 2 || (shape.length === 3 && shape[2] === 1);
  if (flat && shape[0] === batch && shape[1] === steps) {
    return toTimeMajor(tf.reshape(times, [batch, steps, 1]) as tf.Tensor3D);
  }
  throw new ShapeError("elapsed", `[${batch}], [${batch}, ${steps}] or [${batch}, ${steps}, 1]`, shape);
}

function checkTime(time: number): number {
  if (time >= 0 && Number.isFinite(time)) return time;
  throw new InvalidArgumentError("elapsed", `expected finite times of at least 0, received ${time}`);
}
