/** Selects rows of one tensor or of another. */

import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constants.js";

/**
 * Returns `taken` in the rows whose flag is not 0, `other` in the rest. Not a product: rows that are not selected may
 * contain infinite numbers or NaN, whose product with 0 is NaN.
 *
 * @param flags `[rows, 1]` · @param taken `[rows, size]` · @param other `[rows, size]`, zeros when missing
 */
export function chooseRows(flags: tf.Tensor2D, taken: tf.Tensor2D, other?: tf.Tensor2D): tf.Tensor2D {
  const wide = tf.tile(flags, [1, taken.shape[1]]);
  return tf.where(tf.notEqual(wide, constant(0)), taken, other ?? tf.zerosLike(taken));
}
