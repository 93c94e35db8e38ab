/** Slices tensors with strides. */

import { slice_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { bytesOf, type WasmBackend } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import { copyStrided, isCopied, type StridedSource, stepsOf } from "./copy-strided.js";

interface Attributes {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/**
 * `StridedSlice`. The stock kernel returns integers and booleans as floats with the same bits, and fails if an axis
 * is removed.
 */
export const stridedSlice = defineRepair<{ x: TensorInfo }, Attributes>("StridedSlice", (stockOf) => {
  const stock = stockOf("StridedSlice");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (!isCopied(x) && x.dtype !== "bool") return stock(call);
    const { begin, end, strides, finalShape } = slice_util.sliceInfo(
      x.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const shape = begin.map((first, axis) => Math.max(0, Math.ceil((end[axis] - first) / strides[axis])));
    const steps = stepsOf(x.shape);
    const offset = begin.reduce((sum, first, axis) => sum + first * steps[axis], 0);
    const source = { offset, steps: steps.map((step, axis) => step * strides[axis]) };
    const output = (isCopied(x) ? copyStrided : copyBytes)(backend, x, shape, source);
    output.shape = finalShape;
    return output;
  };
});

function copyBytes(
  backend: WasmBackend,
  x: TensorInfo,
  shape: number[],
  { offset, steps }: StridedSource,
): TensorInfo {
  const output = backend.makeOutput(shape, x.dtype);
  const { HEAPU8: bytes } = backend.wasm;
  const [from, to] = [x, output].map((tensor) => bytesOf(backend, tensor));
  const inner = stepsOf(shape);
  for (let i = 0, size = sizeOf(shape); i < size; i++) {
    let source = from + offset;
    for (let axis = 0; axis < shape.length; axis++) {
      source += (Math.floor(i / inner[axis]) % shape[axis]) * steps[axis];
    }
    bytes[to + i] = bytes[source];
  }
  return output;
}
