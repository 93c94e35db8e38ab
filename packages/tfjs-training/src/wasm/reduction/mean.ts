/** Means, e.g. of losses, or the global average of an image's pixels. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { type ReductionAttributes, type ReductionInputs, reduceEmpty, sumFloats } from "./reduction.js";

/**
 * `Mean`. The stock kernel accumulates in 32 bits, also integers and booleans. It transposes first if a reduced axis
 * comes before one that is kept, and does not write the mean of no terms, which is NaN.
 */
export const mean = defineRepair<ReductionInputs, ReductionAttributes>("Mean", (stockOf) => {
  const cast = stockOf<ReductionInputs, { dtype: "float32" }, TensorInfo>("Cast");
  return ({ backend, inputs: { x }, attrs }) => {
    const empty = reduceEmpty(backend, x, attrs, "float32", Number.NaN);
    if (empty) return empty;
    const floats = x.dtype === "float32" ? x : cast({ backend, inputs: { x }, attrs: { dtype: "float32" } });
    const result = sumFloats(backend, floats, attrs, (terms) => 1 / terms)!;
    if (floats !== x) backend.disposeData(floats.dataId);
    return result;
  };
});
