/** Gradient of mirror padding. */

import * as tf from "@tensorflow/tfjs-core";

/** Every element gets its own gradient and those of its mirror images; tfjs's own gradient ignores the images. */
export const mirrorPadGradient: tf.GradFunc = (dy, [x], attrs) => ({
  x: () => {
    const numbers = tf.reshape(tf.range(0, x.size, 1, "float32"), x.shape); // exact up to 2^24
    const padded = tf.engine().runKernel("MirrorPad", { x: numbers }, attrs) as tf.Tensor;
    const ids = tf.reshape(tf.cast(padded, "int32"), [-1]) as tf.Tensor1D;
    const values = tf.reshape(dy as tf.Tensor, [-1]);
    return tf.reshape(tf.unsortedSegmentSum(values, ids, x.size), x.shape);
  },
});
