/** Reverses broadcasting by summation. */

import * as tf from "@tensorflow/tfjs-core";

/** Sums over the axes along which an operand of this shape was repeated. */
export function sumTo(x: tf.Tensor, shape: number[]): tf.Tensor {
  const added = x.rank - shape.length;
  const repeated = x.shape.map((size, axis) => axis < added || (shape[axis - added] === 1 && size !== 1));
  const axes = [...repeated.keys()].filter((axis) => repeated[axis]);
  return axes.length > 0 ? tf.reshape(tf.sum(x, axes), shape) : x;
}
