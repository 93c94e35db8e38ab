/** Gradient of running sums. */

import * as tf from "@tensorflow/tfjs-core";

/** The running sum from the other end; tfjs's own is transposed once more for other axes than the last. */
export const cumsumGradient: tf.GradFunc = (dy, _, attrs) => ({
  x: () => {
    const { axis, exclusive, reverse } = attrs as { axis: number; exclusive: boolean; reverse: boolean };
    return tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse);
  },
});
