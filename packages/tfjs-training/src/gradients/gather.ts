/** Gradients of operations that select elements by index. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Gradient of `gather` with batch axes, e.g. of the value of each row's action, where tfjs's own works row by
 * row and for one batch axis only. Summing by products is deterministic on every backend.
 */
export function batchedGatherGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  indices: tf.Tensor,
  axis: number,
  batchDims: number,
): tf.Tensor {
  const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
  const { batchSize, outerSize, dimSize, sliceSize } = info;
  const count = indices.size / batchSize;
  const chosen = tf.reshape(marks(tf.reshape(indices, [-1]), dimSize), [batchSize, count, dimSize]);
  // [batch, outer, count, slice] to [batch, count, outer slice]
  const byIndex = tf.transpose(tf.reshape(dy, [batchSize, outerSize, count, sliceSize]), [0, 2, 1, 3]);
  const flat = tf.reshape(byIndex, [batchSize, count, outerSize * sliceSize]);
  const sums = tf.reshape(tf.matMul(chosen, flat, true), [batchSize, dimSize, outerSize, sliceSize]);
  return tf.reshape(tf.transpose(sums, [0, 2, 1, 3]), x.shape);
}

/** Gradient of `gatherND`: every element's gradient is added at its source. */
export const gatherNdGradient: tf.GradFunc = (dy, [params, indices]) => ({
  params: () => {
    // Rows of indices, also if there is a single one.
    const [depth, taken] = [
      indices.shape[indices.rank - 1],
      params.shape.slice(indices.shape[indices.rank - 1]),
    ];
    const count = indices.size / depth;
    return tf.scatterND(
      tf.reshape(indices, [count, depth]),
      tf.reshape(dy as tf.Tensor, [count, ...taken]),
      params.shape,
    );
  },
  indices: () => tf.zerosLike(indices),
});

/** Gradient of `stridedSlice`. */
export const stridedSliceGradient: tf.GradFunc = (dy, [x], attrs) => ({
  x: () => {
    // The wasm kernel misreads integers as floats; floats are exact up to 2^24.
    const numbers = tf.range(0, x.size, 1, x.size < 2 ** 24 ? "float32" : "int32");
    const strided = tf.engine().runKernel("StridedSlice", { x: tf.reshape(numbers, x.shape) }, attrs);
    const taken = tf.cast(strided as tf.Tensor, "int32");
    const values = tf.reshape(dy as tf.Tensor, [-1]);
    return tf.reshape(tf.scatterND(tf.reshape(taken, [-1, 1]), values, [x.size]), x.shape);
  },
});

/** Gradient of the values of `topk`. */
export const topKGradient: tf.GradFunc = (dy, [x, indices]) => ({
  x: () => {
    const [dValues] = dy as tf.Tensor[];
    const chosen = marks(indices, x.shape[x.rank - 1]);
    return tf.sum(tf.mul(chosen, tf.expandDims(dValues, -1)), -2);
  },
});

// tfjs's `oneHot` does not support a depth of one.
function marks(indices: tf.Tensor, depth: number): tf.Tensor {
  if (depth < 2) return tf.ones([...indices.shape, depth]);
  return tf.oneHot(indices as tf.Tensor1D, depth, 1, 0, "float32");
}
