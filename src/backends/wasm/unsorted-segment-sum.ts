/** Sums of rows by their number: the gradient of `gather`, which the wasm backend lacks. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { bytesOf } from "./heap.js";
import { kernelsOf } from "./kernel-module.js";
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
  const output = backend.makeOutput([numSegments, ...rest], x.dtype);
  const [from, ids, to] = [x, segmentIds, output].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).segmentSum(from, ids, to, rows, sizeOf(rest), numSegments, x.dtype === "int32");
  return output;
});
