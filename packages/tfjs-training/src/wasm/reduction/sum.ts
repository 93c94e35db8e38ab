/** Sums: losses, norms, and over leading axes the gradient of every bias. */

import { defineRepair } from "../repair.js";
import { type ReductionAttributes, type ReductionInputs, reduceEmpty, sumFloats } from "./reduction.js";

/**
 * `Sum`. The stock kernel accumulates floats in 32 bits: 20 million ones are 16,777,216. It transposes first if a
 * reduced axis comes before one that is kept, and does not write the sum of no terms.
 */
export const sum = defineRepair<ReductionInputs, ReductionAttributes>("Sum", (stockOf) => {
  const stock = stockOf("Sum");
  return (call) => {
    const { backend, inputs, attrs } = call;
    return (
      reduceEmpty(backend, inputs.x, attrs, inputs.x.dtype, 0) ??
      sumFloats(backend, inputs.x, attrs) ??
      stock(call)
    );
  };
});
