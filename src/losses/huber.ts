/** The Huber loss. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Element-wise Huber loss of errors: `½ e²` up to `delta`, `delta (|e| - ½ delta)` beyond it (Keras'
 * `Huber`, torch's `huber_loss`).
 *
 * @param errors any shape · @param delta threshold above 0, default 1. Infinity gives `½ e²`
 * @returns a tensor of the same shape, which the caller owns
 */
export function huber<T extends tf.Tensor>(errors: T, delta = 1): T {
  return tf.tidy(() => {
    const size = tf.abs(errors);
    if (delta === Number.POSITIVE_INFINITY) return tf.mul(0.5, tf.square(size)) as T;
    // With q = min(|e|, delta): ½ q² + delta (|e| - q).
    const inside = tf.minimum(size, delta);
    return tf.add(tf.mul(0.5, tf.square(inside)), tf.mul(delta, tf.sub(size, inside))) as T;
  });
}
