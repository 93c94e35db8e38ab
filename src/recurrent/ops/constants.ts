/** Scalars that are created once and kept: `tf.mul(x, 2)` would create a tensor at every call. */

import * as tf from "@tensorflow/tfjs-core";

const scalars = new Map<number, tf.Scalar>();

/**
 * A float32 scalar tensor that lives as long as the program, one for each value. For the fixed numbers of
 * formulas only: every requested value stays in memory. Do not dispose it.
 *
 * @example
 * ```ts
 * const inverse = tf.sub(constant(1), x);
 * ```
 */
export function constant(value: number): tf.Scalar {
  let scalar = scalars.get(value);
  if (scalar === undefined || scalar.isDisposed) {
    scalar = tf.keep(tf.scalar(value));
    scalars.set(value, scalar);
  }
  return scalar;
}
