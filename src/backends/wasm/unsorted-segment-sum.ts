/** Sums of rows by their number: the gradient of `gather`, which the wasm backend lacks. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, heapOf, wordsOf } from "./heap.js";
import { defineRepair } from "./repair.js";

/**
 * `UnsortedSegmentSum`: row i of `x` `[...ids, ...rest]` is added to row `segmentIds[i]` of the result
 * `[numSegments, ...rest]`; rows with an id outside of it are left out.
 */
export const unsortedSegmentSum = defineRepair<
  { x: TensorInfo; segmentIds: TensorInfo },
  { numSegments: number }
>("UnsortedSegmentSum", () => ({ inputs: { x, segmentIds }, backend, attrs: { numSegments } }) => {
  const rows = sizeOf(segmentIds.shape);
  const rest = x.shape.slice(segmentIds.shape.length);
  const size = sizeOf(rest);
  const output = backend.makeOutput([numSegments, ...rest], x.dtype);
  const ids = wordsOf(backend);
  const heap = x.dtype === "int32" ? ids : heapOf(backend);
  const to = addressOf(backend, output);
  heap.fill(0, to, to + numSegments * size);
  let read = addressOf(backend, x);
  const firstId = addressOf(backend, segmentIds);
  for (let row = 0; row < rows; row++, read += size) {
    const id = ids[firstId + row];
    if (id < 0 || id >= numSegments) continue;
    const write = to + id * size;
    for (let i = 0; i < size; i++) heap[write + i] += heap[read + i];
  }
  return output;
});
