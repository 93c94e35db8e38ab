/** Gradients of `maximum` and `minimum`, as in tfjs, but also for broadcast operands. */

import * as tf from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.js";

/** Gradient of `maximum`: where both are equal, the first operand counts as selected. */
export const maximumGradient: tf.GradFunc = (dy, [a, b]) => ({
  a: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.greaterEqual(a, b), "float32")), a.shape),
  b: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.less(a, b), "float32")), b.shape),
});

/** Gradient of `minimum`: where both are equal, the first operand counts as selected. */
export const minimumGradient: tf.GradFunc = (dy, [a, b]) => ({
  a: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.lessEqual(a, b), "float32")), a.shape),
  b: () => sumTo(tf.mul(dy as tf.Tensor, tf.cast(tf.greater(a, b), "float32")), b.shape),
});
