/** Transposes axes. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { copyStrided, isCopied, stepsOf } from "./copy-strided.js";

/** `Transpose`. The stock kernel moves one element at a time if the last axis moves. */
export const transpose = defineRepair<{ x: TensorInfo }, { perm: number[] }>("Transpose", (stockOf) => {
  const stock = stockOf("Transpose");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (!isCopied(x)) {
      if (!x.shape.includes(0)) return stock(call); // it divides by the sizes
      return backend.makeOutput(
        attrs.perm.map((axis) => x.shape[axis]),
        x.dtype,
      );
    }
    if (attrs.perm.every((axis, i) => axis === i)) {
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    }
    const steps = stepsOf(x.shape);
    const shape = attrs.perm.map((axis) => x.shape[axis]);
    return copyStrided(backend, x, shape, { offset: 0, steps: attrs.perm.map((axis) => steps[axis]) });
  };
});
