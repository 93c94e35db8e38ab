/** Gradient of cumulative sums. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * The cumulative sum from the other end; tfjs's own gradient is transposed once too often for axes other than the
 * last.
 */
export const cumsumGradient: tf.GradFunc = (dy, _, attrs) => ({
  x: () => {
    const { axis, exclusive, reverse } = attrs as { axis: number; exclusive: boolean; reverse: boolean };
    return tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse);
  },
});
