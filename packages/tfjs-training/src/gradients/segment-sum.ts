/** Gradient of segment sums. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Every row gets its segment's gradient, and zeros if there is no such segment; tfjs's own gradient fails for ids
 * past the end.
 */
export const segmentSumGradient: tf.GradFunc = (dy, [ids]) => ({
  x: () => {
    const sums = dy as tf.Tensor;
    const [segments] = sums.shape;
    const shape = [...ids.shape, ...sums.shape.slice(1)];
    if (segments === 0) return tf.zeros(shape);
    const zero = tf.scalar(0, "int32");
    const last = tf.scalar(segments - 1, "int32");
    const within = tf.logicalAnd(tf.greaterEqual(ids, zero), tf.lessEqual(ids, last));
    const rows = tf.gather(sums, tf.minimum(tf.maximum(ids, zero), last));
    const ones = sums.shape.slice(1).map(() => 1);
    return tf.mul(rows, tf.reshape(tf.cast(within, "float32"), [...ids.shape, ...ones]));
  },
});
