/** Kernels that divide by the size of an axis, for empty tensors. */

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { defineRepair } from "../repair.js";

interface Attributes {
  axis: number;
}

/** `ArgMax`; the stock kernel fails for empty tensors. */
export const argMax = indexOfExtreme("ArgMax");

/** `ArgMin`; the stock kernel fails for empty tensors. */
export const argMin = indexOfExtreme("ArgMin");

/** `Cumsum`; the stock kernel fails for empty tensors. */
export const cumsum = defineRepair<{ x: TensorInfo }, Attributes>("Cumsum", (stockOf) => {
  const stock = stockOf("Cumsum");
  return (call) => {
    const { shape, dtype } = call.inputs.x;
    return shape.includes(0) ? call.backend.makeOutput(shape, dtype) : stock(call);
  };
});

function indexOfExtreme(kernelName: string) {
  return defineRepair<{ x: TensorInfo }, Attributes>(kernelName, (stockOf) => {
    const stock = stockOf(kernelName);
    return (call) => {
      const { inputs, backend, attrs } = call;
      const { shape } = inputs.x;
      if (!shape.includes(0)) return stock(call);
      const [axis] = util.parseAxisParam(attrs.axis, shape);
      const kept = shape.filter((_, i) => i !== axis);
      return sizeOf(kept) === 0 ? backend.makeOutput(kept, "int32") : stock(call);
    };
  });
}
