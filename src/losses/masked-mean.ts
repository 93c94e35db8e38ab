/** Means over unmasked steps. */

import * as tf from "@tensorflow/tfjs-core";

// Avoids division by 0 when everything is masked.
const tiny = 1e-12;

/**
 * Mean of `values` over the elements whose mask is 1: `Σ mask·x / Σ mask`; the plain mean without a mask; 0 with zero
 * gradients when everything is masked. The caller owns the result.
 *
 * @param values any shape
 * @param mask same shape, 0 or 1; padded steps have 0
 *
 * @example
 * ```ts
 * maskedMean(tf.tensor1d([1, 2, 30]), tf.tensor1d([1, 1, 0])); // 1.5
 * ```
 */
export function maskedMean(values: tf.Tensor, mask?: tf.Tensor): tf.Scalar {
  if (!mask) return tf.mean(values) as tf.Scalar;
  return tf.tidy(() => tf.div(tf.sum(tf.mul(values, mask)), tf.maximum(tf.sum(mask), tiny)) as tf.Scalar);
}
