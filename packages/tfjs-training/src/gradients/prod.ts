/** Gradient of products along axes. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Every element's gradient is the product of the others, including zeros: those before it times those after it.
 * tfjs's own needs the chained operations that only the package `@tensorflow/tfjs` provides.
 */
export const prodGradient: tf.GradFunc = (dy, [x], attrs) => ({
  x: () => {
    const reduced = tf.util.parseAxisParam((attrs as { axis?: number | number[] }).axis as number, x.shape);
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
    const order = [...kept, ...reduced];
    const last = tf.transpose(x, order);
    const rows = tf.reshape(last, [-1, tf.util.sizeFromShape(reduced.map((axis) => x.shape[axis]))]);
    const before = tf.cumprod(rows, 1, true);
    const after = tf.cumprod(rows, 1, true, true);
    const gradient = tf.mul(tf.mul(before, after), tf.reshape(dy as tf.Tensor, [-1, 1]));
    return tf.transpose(tf.reshape(gradient, last.shape), tf.backend_util.getUndoAxesPermutation(order));
  },
});
