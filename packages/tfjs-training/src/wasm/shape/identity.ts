/** Clones tensors without copying their memory. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";

/**
 * `Identity`: every clone, and every tensor that the tape keeps for the backward pass. The stock kernel
 * copies; this one adds a reference, as the other backends and this backend's `Reshape` do. That is
 * safe because tensors never change: no kernel writes into its input, and `assign` swaps whole tensors.
 */
export const identity = defineRepair<{ x: TensorInfo }, object>("Identity", (stockOf) => {
  const stock = stockOf("Identity");
  return (call) => {
    const { inputs, backend } = call;
    const { dataId, shape, dtype } = inputs.x;
    if (dtype === "string") return stock(call);
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  };
});
