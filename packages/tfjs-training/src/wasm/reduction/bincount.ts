/** Counts integer values. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { defineRepair } from "../repair.js";

/** `Bincount`. The stock kernel returns the counts of a tensor with several axes in the wrong shape. */
export const bincount = defineRepair<{ x: TensorInfo }, object>("Bincount", (stockOf) => {
  const stock = stockOf("Bincount");
  return (call) => {
    const { x } = call.inputs;
    return stock({ ...call, inputs: { ...call.inputs, x: { ...x, shape: [sizeOf(x.shape)] } } });
  };
});
