/** Gradients of normalisation with given means and variances. */

import * as tf from "@tensorflow/tfjs-core";
import { sumTo } from "./sum-to.js";

/**
 * Gradients as in tfjs, but also for mean, variance, offset and scale with axes of size one; tfjs does not save a
 * missing scale.
 */
export const batchNormGradient: tf.GradFunc = (dy, [x, mean, variance, scale], attrs) => {
  const { varianceEpsilon } = attrs as { varianceEpsilon: number };
  const d = dy as tf.Tensor;
  const inverse = tf.rsqrt(tf.add(variance, varianceEpsilon));
  const scaled = tf.mul(d, scale);
  const centered = () => tf.sub(x, mean);
  const cube = () => tf.mul(tf.mul(inverse, inverse), inverse);
  return {
    x: () => tf.mul(scaled, inverse),
    mean: () => sumTo(tf.neg(tf.mul(scaled, inverse)), mean.shape),
    variance: () => sumTo(tf.mul(tf.mul(scaled, centered()), tf.mul(cube(), -0.5)), variance.shape),
    scale: () => sumTo(tf.mul(d, tf.mul(centered(), inverse)), scale.shape),
    offset: () => sumTo(d, mean.shape),
  };
};
