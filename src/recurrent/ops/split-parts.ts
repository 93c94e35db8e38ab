/** Splits a tensor, also into a single part. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Like `tf.split`, but a single part is the tensor itself: the gradient of a split into a single part throws in tfjs.
 *
 * @param sizes sizes of the parts along the axis, or the number of equal parts
 */
export function splitParts<T extends tf.Tensor>(x: T, sizes: number | readonly number[], axis: number): T[] {
  const count = typeof sizes === "number" ? sizes : sizes.length;
  return count === 1 ? [x] : tf.split(x, typeof sizes === "number" ? sizes : [...sizes], axis);
}
