/** Reductions of no elements, which the stock kernels leave unwritten; all others are theirs. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { type ReductionAttributes, type ReductionInputs, reduceNothing } from "./reduction.js";

/** `All`; true of nothing. */
export const all = reduction("All", () => 1);

/** `Any`; false of nothing. */
export const any = reduction("Any", () => 0);

/** `Max`; -Infinity of nothing. */
export const max = reduction("Max", ({ dtype }) => (dtype === "float32" ? -Infinity : -(2 ** 31)));

/** `Min`; Infinity of nothing. */
export const min = reduction("Min", ({ dtype }) => (dtype === "float32" ? Infinity : 2 ** 31 - 1));

/** `Prod`; 1 of nothing. */
export const prod = reduction("Prod", () => 1);

// The extremes have their axes under another name.
type Attributes = ReductionAttributes & { reductionIndices?: number | number[] };

function reduction(kernelName: string, nothing: (x: TensorInfo) => number) {
  return defineRepair<ReductionInputs, Attributes>(kernelName, (stockOf) => {
    const stock = stockOf(kernelName);
    return (call) => {
      const { backend, inputs, attrs } = call;
      const { x } = inputs;
      if (!x.shape.includes(0)) return stock(call);
      const axis = attrs.reductionIndices ?? attrs.axis;
      return reduceNothing(backend, x, { ...attrs, axis }, x.dtype, nothing(x)) ?? stock(call);
    };
  });
}
