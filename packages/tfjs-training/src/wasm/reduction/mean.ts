/** Means, e.g. of losses, or the global average of an image's pixels. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { type ReductionAttributes, type ReductionInputs, reduceNothing, sumFloats } from "./reduction.js";

/**
 * `Mean`. The stock kernel adds up in 32 bits, also integers and booleans. It transposes first when an axis stands
 * before one that stays, and writes no mean of no terms, which is not a number.
 */
export const mean = defineRepair<ReductionInputs, ReductionAttributes>("Mean", (stockOf) => {
  const cast = stockOf<ReductionInputs, { dtype: "float32" }, TensorInfo>("Cast");
  return ({ backend, inputs: { x }, attrs }) => {
    const nothing = reduceNothing(backend, x, attrs, "float32", Number.NaN);
    if (nothing) return nothing;
    const floats = x.dtype === "float32" ? x : cast({ backend, inputs: { x }, attrs: { dtype: "float32" } });
    const result = sumFloats(backend, floats, attrs, (terms) => 1 / terms)!;
    if (floats !== x) backend.disposeData(floats.dataId);
    return result;
  };
});
