/** Sums of rows by segment: the gradient of `gather`, which the wasm backend lacks. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { addressOf, bytesOf, heapOf, type WasmBackend } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

/**
 * `UnsortedSegmentSum`: row i of `x` `[...ids, ...rest]` is added to row `segmentIds[i]` of the result
 * `[numSegments, ...rest]`; rows with an id out of range are ignored. Booleans are counted in floats, as on cpu.
 */
export const unsortedSegmentSum = defineRepair<
  { x: TensorInfo; segmentIds: TensorInfo },
  { numSegments: number }
>("UnsortedSegmentSum", () => ({ inputs, backend, attrs: { numSegments } }) => {
  const { segmentIds } = inputs;
  const flags = inputs.x.dtype === "bool";
  const x = flags ? asFloats(backend, inputs.x) : inputs.x;
  const rows = sizeOf(segmentIds.shape);
  const rest = x.shape.slice(segmentIds.shape.length);
  const output = backend.makeOutput([numSegments, ...rest], x.dtype);
  const [from, ids, to] = [x, segmentIds, output].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).segmentSum(from, ids, to, rows, sizeOf(rest), numSegments, x.dtype === "int32");
  if (flags) backend.disposeData(x.dataId);
  return output;
});

// Booleans take one byte each.
function asFloats(backend: WasmBackend, x: TensorInfo): TensorInfo {
  const copy = backend.makeOutput(x.shape, "float32");
  const from = bytesOf(backend, x);
  const bytes = backend.wasm.HEAPU8.subarray(from, from + sizeOf(x.shape));
  heapOf(backend).set(bytes, addressOf(backend, copy));
  return copy;
}
