/** Sums over leading axes: the gradient of every bias. */

import { type ReductionAttributes, type ReductionInputs, reduceOuterAxes } from "./reduction.js";
import { defineRepair } from "./repair.js";

/** `Sum`. The stock kernel transposes first when an axis stands before one that stays. */
export const sum = defineRepair<ReductionInputs, ReductionAttributes>("Sum", (stockOf) => {
  const stock = stockOf("Sum");
  return (call) => reduceOuterAxes(call.backend, call.inputs.x, call.attrs) ?? stock(call);
});
