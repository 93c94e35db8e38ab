/** One-hot encoding of indices. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Rows of zeros with a 1 at each index, float32 `[...indices, depth]`; the caller owns them. Unlike
 * `tf.oneHot` it also accepts a depth of 1: spaces with a single action are common, e.g. as placeholders.
 *
 * @param indices whole numbers from 0 to `depth - 1`, of any type
 */
export function oneHotRows(indices: tf.Tensor, depth: number): tf.Tensor {
  return tf.tidy(() => {
    // tfjs's own wasm kernel is incorrect for float32 rows: integer rows are correct everywhere.
    const whole = tf.cast(indices, "int32");
    const rows = depth === 1 ? tf.equal(tf.expandDims(whole, -1), 0) : tf.oneHot(whole, depth);
    return tf.cast(rows, "float32");
  });
}
