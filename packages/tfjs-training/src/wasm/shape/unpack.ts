/** Unstacks tensors along one axis, e.g. sequences into time steps. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { copyBlock, isCopied } from "../memory/copy-block.js";
import { defineRepair } from "../repair.js";

/** `Unpack`, tfjs's `unstack`. The stock kernel copies the whole tensor out of the heap once for every slice. */
export const unpack = defineRepair<{ value: TensorInfo }, { axis: number }, TensorInfo[]>(
  "Unpack",
  (stockOf) => {
    const stock = stockOf("Unpack");
    return (call) => {
      const { inputs, backend, attrs } = call;
      const { value } = inputs;
      if (!isCopied(value)) return stock(call);
      const axis = attrs.axis < 0 ? attrs.axis + value.shape.length : attrs.axis;
      const size = value.shape.map((n, i) => (i === axis ? 1 : n));
      const shape = value.shape.filter((_, i) => i !== axis);
      return Array.from({ length: value.shape[axis] }, (_, index) => {
        const begin = value.shape.map((__, i) => (i === axis ? index : 0));
        return { ...copyBlock(backend, value, { begin, size }), shape };
      });
    };
  },
);
