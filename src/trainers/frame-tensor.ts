/** Observations from typed arrays to tensors. */

import * as tf from "@tensorflow/tfjs-core";
import type { TypedArray } from "../core/state.js";

/**
 * Makes a tensor of observations: whole numbers become int32 (frames are divided once, inside the
 * model), others float32. The caller owns it.
 */
export function frameTensor(values: TypedArray, shape: number[]): tf.Tensor {
  if (values instanceof Float64Array) return tf.tensor(Float32Array.from(values), shape, "float32");
  if (values instanceof Uint32Array) return tf.tensor(Int32Array.from(values), shape, "int32");
  return tf.tensor(values, shape, values instanceof Float32Array ? "float32" : "int32");
}
