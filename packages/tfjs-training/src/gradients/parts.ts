/** Gradients of splitting tensors, also into a single part, where tfjs's own gradients fail. */

import * as tf from "@tensorflow/tfjs-core";

/** Gradient of `split`. */
export const splitGradient: tf.GradFunc = (dy, _, attrs) => ({
  x: () => tf.concat(listOf(dy), (attrs as { axis: number }).axis),
});

/** Gradient of `unstack`. */
export const unstackGradient: tf.GradFunc = (dy, _, attrs) => ({
  value: () => tf.stack(listOf(dy), (attrs as { axis: number }).axis),
});

// tfjs passes the gradient of a single output without a list around it.
function listOf(dy: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}
