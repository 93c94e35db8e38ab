/** Sums over leading axes: the gradient of every bias. */

import {
  type AddKernel,
  type ReductionAttributes,
  type ReductionInputs,
  reduceOuterAxes,
} from "./reduction.js";
import { defineRepair } from "./repair.js";

/** `Sum`. The stock kernel transposes first when an axis stands before one that stays. */
export const sum = defineRepair<ReductionInputs, ReductionAttributes>("Sum", (stockOf) => {
  const stock = stockOf("Sum");
  const add: AddKernel = stockOf("Add");
  return (call) => reduceOuterAxes(call.backend, add, call.inputs.x, call.attrs, () => 1) ?? stock(call);
});
