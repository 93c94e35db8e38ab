/** Sums over the rows of a matrix: the gradient of every bias. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Sums over the first axis, as a product with ones: products are fast on every backend,
 * while reductions over the leading axis are slow on some.
 *
 * @param x `[rows, columns]`
 * @returns `[columns]`
 */
export function columnSum(x: tf.Tensor2D): tf.Tensor1D {
  const [rows, columns] = x.shape;
  return tf.tidy(() => tf.reshape(tf.matMul(tf.ones([1, rows]), x), [columns]));
}
