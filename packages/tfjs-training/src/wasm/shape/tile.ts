/** Repeats tensors. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { copyStrided, isCopied, stepsOf } from "./copy-strided.js";

/** `Tile`. The stock kernel recomputes the position of every element, a hundred times slower. */
export const tile = defineRepair<{ x: TensorInfo }, { reps: number[] }>("Tile", (stockOf) => {
  const stock = stockOf("Tile");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (!isCopied(x) || attrs.reps.length !== x.shape.length) return stock(call);
    // Each axis of the result is two: repetitions, with stride 0, and the axis itself.
    const own = stepsOf(x.shape);
    const sizes = x.shape.flatMap((size, axis) => [attrs.reps[axis], size]);
    const steps = own.flatMap((step) => [0, step]);
    const output = copyStrided(backend, x, sizes, { offset: 0, steps });
    return { ...output, shape: x.shape.map((size, axis) => size * attrs.reps[axis]) };
  };
});
