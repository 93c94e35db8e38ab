/** Counting numbers. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { defineRepair } from "../repair.js";

/** `Bincount`. The stock kernel gives the counts of a tensor with several axes the shape of other counts. */
export const bincount = defineRepair<{ x: TensorInfo }, object>("Bincount", (stockOf) => {
  const stock = stockOf("Bincount");
  return (call) => {
    const { x } = call.inputs;
    return stock({ ...call, inputs: { ...call.inputs, x: { ...x, shape: [sizeOf(x.shape)] } } });
  };
});
