/** Gradients of tensors cut into parts, also into a single one, of which tfjs's own fail. */

import * as tf from "@tensorflow/tfjs-core";

/** Gradient of `split`. */
export const splitGradient: tf.GradFunc = (dy, _, attrs) => ({
  x: () => tf.concat(listOf(dy), (attrs as { axis: number }).axis),
});

/** Gradient of `unstack`. */
export const unstackGradient: tf.GradFunc = (dy, _, attrs) => ({
  value: () => tf.stack(listOf(dy), (attrs as { axis: number }).axis),
});

// tfjs gives the gradient of a single output without a list around it.
function listOf(dy: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}
