/** Means over axes that are not the innermost ones, e.g. the global average of an image's pixels. */

import { type ReductionAttributes, type ReductionInputs, reduceOuterAxes } from "./reduction.js";
import { defineRepair } from "./repair.js";

/** `Mean`. The stock kernel transposes first when an axis stands before one that stays. */
export const mean = defineRepair<ReductionInputs, ReductionAttributes>("Mean", (stockOf) => {
  const stock = stockOf("Mean");
  return (call) =>
    reduceOuterAxes(call.backend, call.inputs.x, call.attrs, (terms) => 1 / terms) ?? stock(call);
});
