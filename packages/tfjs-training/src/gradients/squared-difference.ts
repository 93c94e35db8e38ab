/** Gradient of squared differences, e.g. of a loss. */

import * as tf from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.js";

/** Gradient as in tfjs, but also for broadcast operands. */
export const squaredDifferenceGradient: tf.GradFunc = (dy, [a, b]) => {
  const slope = () => tf.mul(dy as tf.Tensor, tf.mul(2, tf.sub(a, b)));
  return {
    a: () => sumTo(slope(), a.shape),
    b: () => sumTo(tf.neg(slope()), b.shape),
  };
};
