/** Gradients of the larger and the smaller of two numbers, as tfjs has them and also where an operand is broadcast. */

import * as tf from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.js";

/** Where both are equal, the first operand counts as chosen. */
export const maximumGradient: tf.GradFunc = (dy, [a, b]) => ({
  a: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.greaterEqual(a, b), "float32")), a.shape),
  b: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.less(a, b), "float32")), b.shape),
});

/** Where both are equal, the first operand counts as chosen. */
export const minimumGradient: tf.GradFunc = (dy, [a, b]) => ({
  a: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.lessEqual(a, b), "float32")), a.shape),
  b: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.greater(a, b), "float32")), b.shape),
});
