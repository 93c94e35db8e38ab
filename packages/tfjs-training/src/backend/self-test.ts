/** Runs a small computation with a known result, before a backend is used for training. */

import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";

// Sums over the windows of a 4 x 4 image 0..15 for each of the nine weights of a 3 x 3 kernel.
const windowSums = [10, 14, 18, 26, 30, 34, 42, 46, 50];
const copies = 9;

/**
 * Computes a convolution, product, sum of nine tensors, comparison and selection, and the gradient through all of them,
 * on the active backend. Nothing is read synchronously.
 *
 * @throws BackendError when a result is incorrect
 */
export async function checkNumbers(): Promise<void> {
  const [loss, gradient] = tf.tidy(() => {
    const picture = tf.reshape<tf.Rank.R4>(tf.range(0, 16), [1, 4, 4, 1]);
    const kernel = tf.ones<tf.Rank.R4>([3, 3, 1, 1]);
    const f = (weights: tf.Tensor) => {
      const windows = tf.reshape(tf.conv2d(picture, weights as tf.Tensor4D, 1, "valid"), [1, 4]);
      const sum = tf.addN(Array.from({ length: copies }, () => windows));
      const positive = tf.where(tf.greater(sum, 0), sum, tf.zerosLike(sum));
      return tf.sum(tf.matMul(positive, tf.ones([4, 1]))) as tf.Scalar;
    };
    const { value, grad } = tf.valueAndGrad(f)(kernel);
    return [value, grad];
  });
  const received = [...(await loss.data()), ...(await gradient.data())];
  tf.dispose([loss, gradient]);
  const total = windowSums.reduce((sum, value) => sum + value, 0);
  const expected = [total, ...windowSums].map((value) => copies * value);
  if (expected.some((value, i) => !(Math.abs(received[i] - value) <= 1e-3 * value))) {
    throw new BackendError(`expected ${expected.join(", ")}, received ${received.join(", ")}`);
  }
}
