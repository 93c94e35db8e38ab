/** Reads and writes values of tensors, without an intermediate copy if the backend's memory is accessible. */

import * as tf from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, heapOf, type WasmBackend } from "./heap.js";

/** Writes the values of a float tensor, of the same size, to `target`, which may be shared memory. */
export function readFloats(tensor: tf.Tensor, target: Float32Array): void {
  const wasm = wasmBackend();
  if (wasm?.dataIdMap.get(tensor.dataId)) {
    const from = addressOf(wasm, tensor);
    target.set(heapOf(wasm).subarray(from, from + tensor.size));
  } else target.set(tensor.dataSync<"float32">());
}

/** Creates a float tensor of the given values, which may be bytes and may be in shared memory. The caller owns it. */
export function floatTensor(values: Float32Array | Uint8Array, shape: readonly number[]): tf.Tensor {
  const wasm = wasmBackend();
  const size = sizeOf(shape);
  if (!wasm || size === 0 || values.length !== size) {
    return tf.tensor(values instanceof Float32Array ? values : new Float32Array(values), [...shape]);
  }
  const info = wasm.makeOutput([...shape], "float32");
  heapOf(wasm).set(values, addressOf(wasm, info)); // converts bytes to floats
  return tf.engine().makeTensorFromTensorInfo(info);
}

/**
 * Gives a variable the values of a tensor, which the caller keeps. On wasm the variable stays where it is in memory, so
 * that compiled steps that read it go on; elsewhere, or where another tensor shares its memory, it is assigned.
 */
export function assignInPlace(variable: tf.Variable, source: tf.Tensor): void {
  const wasm = wasmBackend();
  const own = wasm?.dataIdMap.get(variable.dataId);
  const alike = source.dtype === variable.dtype && variable.dtype !== "bool" && variable.dtype !== "string";
  if (!wasm || !own || own.refCount !== 1 || !alike || source.size !== variable.size) {
    tf.tidy(() => variable.assign(tf.clone(source)));
    return;
  }
  const [to, from] = [addressOf(wasm, variable), addressOf(wasm, source)];
  heapOf(wasm).copyWithin(to, from, from + source.size);
}

function wasmBackend(): WasmBackend | undefined {
  return tf.getBackend() === "wasm" ? (tf.backend() as unknown as WasmBackend) : undefined;
}
