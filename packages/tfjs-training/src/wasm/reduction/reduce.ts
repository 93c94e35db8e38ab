/** Reductions of empty tensors, which the stock kernels leave unwritten; all others use the stock kernels. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { type ReductionAttributes, type ReductionInputs, reduceEmpty } from "./reduction.js";

/** `All`; true for an empty tensor. */
export const all = reduction("All", () => 1);

/** `Any`; false for an empty tensor. */
export const any = reduction("Any", () => 0);

/** `Max`; -Infinity for an empty tensor. */
export const max = reduction("Max", ({ dtype }) => (dtype === "float32" ? -Infinity : -(2 ** 31)));

/** `Min`; Infinity for an empty tensor. */
export const min = reduction("Min", ({ dtype }) => (dtype === "float32" ? Infinity : 2 ** 31 - 1));

/** `Prod`; 1 for an empty tensor. */
export const prod = reduction("Prod", () => 1);

// `Max` and `Min` name their axes differently.
type Attributes = ReductionAttributes & { reductionIndices?: number | number[] };

function reduction(kernelName: string, empty: (x: TensorInfo) => number) {
  return defineRepair<ReductionInputs, Attributes>(kernelName, (stockOf) => {
    const stock = stockOf(kernelName);
    return (call) => {
      const { backend, inputs, attrs } = call;
      const { x } = inputs;
      if (!x.shape.includes(0)) return stock(call);
      const axis = attrs.reductionIndices ?? attrs.axis;
      return reduceEmpty(backend, x, { ...attrs, axis }, x.dtype, empty(x)) ?? stock(call);
    };
  });
}
