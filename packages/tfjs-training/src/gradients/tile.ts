/** Gradient of `tile`, and so of `broadcastTo`. */

import * as tf from "@tensorflow/tfjs-core";

/** Sums over the repetitions, axis by axis; tfjs adds slice by slice, and only for up to four axes. */
export const tileGradient: tf.GradFunc = (dy, [x], attrs) => ({
  x: () => {
    const { reps } = attrs as unknown as { reps: number[] };
    const shape = [...(dy as tf.Tensor).shape];
    const summed = reps.reduce((sum, count, axis) => {
      if (count === 1) return sum;
      const [outer, inner] = [shape.slice(0, axis), shape.slice(axis + 1)].map(tf.util.sizeFromShape);
      shape[axis] = x.shape[axis];
      return tf.sum(tf.reshape(sum, [outer, count, shape[axis] * inner]), 1);
    }, dy as tf.Tensor);
    return tf.reshape(summed, x.shape);
  },
});
