/** Conversion of observations from typed arrays to tensors. */

import * as tf from "@tensorflow/tfjs-core";
import { floatTensor } from "tfjs-training/wasm";
import type { TypedArray } from "../../core/state.js";

/**
 * Makes a tensor of observations: bytes (frames, which the model divides by 255) and fractions become
 * float32, other integers int32. The caller owns it.
 */
export function frameTensor(values: TypedArray, shape: number[]): tf.Tensor {
  if (values instanceof Uint8Array || values instanceof Float32Array) return floatTensor(values, shape);
  if (values instanceof Float64Array) return tf.tensor(Float32Array.from(values), shape, "float32");
  if (values instanceof Uint32Array) return tf.tensor(Int32Array.from(values), shape, "int32");
  return tf.tensor(values, shape, "int32");
}
