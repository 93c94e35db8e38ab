/** Clipping between bounds that may be tensors. */

import * as tf from "@tensorflow/tfjs-core";

/** A number, or a tensor that holds one: a tensor if it is an input of a compiled step. */
export type ScalarLike = number | tf.Scalar;

/**
 * `min(max(x, low), high)`; without gradient where `x` is outside. The caller owns the result.
 *
 * @param low bound of all elements · @param high at least `low`
 */
export function clamp(x: tf.Tensor, low: ScalarLike, high: ScalarLike): tf.Tensor {
  if (typeof low === "number" && typeof high === "number") return tf.clipByValue(x, low, high);
  return tf.tidy(() => tf.minimum(tf.maximum(x, low), high));
}

/** `a - b`; a number if `b` is one. */
export function minus(a: number, b: ScalarLike): ScalarLike {
  return typeof b === "number" ? a - b : (tf.sub(a, b) as tf.Scalar);
}

/** `a + b`; a number if `b` is one. */
export function plus(a: number, b: ScalarLike): ScalarLike {
  return typeof b === "number" ? a + b : (tf.add(a, b) as tf.Scalar);
}
