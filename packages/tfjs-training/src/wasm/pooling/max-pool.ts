/** Max pooling over height and width. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf, heapOf, type WasmBackend } from "../memory/heap.js";
import { scratch } from "../memory/scratch.js";
import { defineRepair } from "../repair.js";
import { type PoolAttributes, poolSizes, windowsFit } from "./pool-geometry.js";

/**
 * `MaxPool`. The stock kernel computes the number of windows itself, ignoring `dimRoundingMode` and unlike tfjs for
 * numeric padding: it then writes past its memory or leaves some of it unwritten. NaN makes it
 * ignore other values of its window, or all. Otherwise it is correct, and two to four times as fast as this one.
 */
export const maxPool = defineRepair<{ x: TensorInfo }, PoolAttributes>("MaxPool", (stockOf) => {
  const stock = stockOf("MaxPool");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    const stockCounts = windowsFit(x.shape, attrs) && !x.shape.includes(0);
    if (x.dtype !== "float32" || (stockCounts && hasFiniteSum(backend, x))) return stock(call);
    const [sizes, outShape] = poolSizes(x.shape, attrs);
    const output = backend.makeOutput(outShape, "float32");
    kernelsOf(backend).maxPool(bytesOf(backend, x), bytesOf(backend, output), ...sizes);
    return output;
  };
});

// So that no value is NaN.
function hasFiniteSum(backend: WasmBackend, x: TensorInfo): boolean {
  const at = scratch(backend, "work", 4);
  kernelsOf(backend).rowSum(bytesOf(backend, x), at, 1, sizeOf(x.shape), 1);
  return Number.isFinite(heapOf(backend)[at / 4]);
}
