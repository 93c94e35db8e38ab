/** Means over axes that are not the innermost ones, e.g. the global average of an image's pixels. */

import { defineRepair } from "../repair.js";
import {
  type ReductionAttributes,
  type ReductionInputs,
  reduceNothing,
  reduceOuterAxes,
} from "./reduction.js";

/**
 * `Mean`. The stock kernel transposes first when an axis stands before one that stays, and writes no mean of no
 * terms, which is not a number.
 */
export const mean = defineRepair<ReductionInputs, ReductionAttributes>("Mean", (stockOf) => {
  const stock = stockOf("Mean");
  return (call) => {
    const { backend, inputs, attrs } = call;
    return (
      reduceNothing(backend, inputs.x, attrs, "float32", Number.NaN) ??
      reduceOuterAxes(backend, inputs.x, attrs, (terms) => 1 / terms) ??
      stock(call)
    );
  };
});
