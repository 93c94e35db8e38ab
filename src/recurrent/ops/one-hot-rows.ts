/** One-hot rows. */

import * as tf from "@tensorflow/tfjs-core";

/**
 * Rows of zeros with a 1 where each index says, float32 `[...indices, depth]`; the caller owns them. Unlike
 * `tf.oneHot` it also takes a depth of 1: spaces with a single action are common, as switches of what others choose.
 *
 * @param indices whole numbers from 0 to `depth - 1`, of any type
 */
export function oneHotRows(indices: tf.Tensor, depth: number): tf.Tensor {
  return tf.tidy(() => {
    // tfjs's own wasm kernel is wrong for float32 rows: integer rows are right everywhere.
    const whole = tf.cast(indices, "int32");
    const rows = depth === 1 ? tf.equal(tf.expandDims(whole, -1), 0) : tf.oneHot(whole, depth);
    return tf.cast(rows, "float32");
  });
}
