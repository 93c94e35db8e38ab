/** Reverses axes. */

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { defineRepair } from "../repair.js";
import { copyStrided, isCopied, stepsOf } from "./copy-strided.js";

/**
 * `Reverse`. The stock kernel recomputes the position of every element; for booleans, which take one
 * byte, it writes four and so past its memory.
 */
export const reverse = defineRepair<{ x: TensorInfo }, { dims: number[] }>("Reverse", (stockOf) => {
  const stock = stockOf("Reverse");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    const axes = util.parseAxisParam(attrs.dims, x.shape);
    if (isCopied(x)) {
      const steps = stepsOf(x.shape);
      const offset = axes.reduce((sum, axis) => sum + (x.shape[axis] - 1) * steps[axis], 0);
      for (const axis of axes) steps[axis] = -steps[axis];
      return copyStrided(backend, x, x.shape, { offset, steps });
    }
    if (x.dtype !== "bool") return stock(call);
    const strides = util.computeStrides(x.shape).concat(1);
    const output = backend.makeOutput(x.shape, "bool");
    const bytes = backend.wasm.HEAPU8;
    const from = backend.dataIdMap.get(x.dataId).memoryOffset;
    const to = backend.dataIdMap.get(output.dataId).memoryOffset;
    for (let i = 0, size = sizeOf(x.shape); i < size; i++) {
      let source = i;
      for (const axis of axes) {
        const at = Math.floor(i / strides[axis]) % x.shape[axis];
        source += (x.shape[axis] - 1 - 2 * at) * strides[axis];
      }
      bytes[to + i] = bytes[from + source];
    }
    return output;
  };
});
