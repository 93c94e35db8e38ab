/** Leaky ReLU with separate slopes (PReLU). */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WasmBackend } from "../memory/heap.js";
import { defineRepair, type WasmKernel } from "../repair.js";
import { copyStrided, stepsOf } from "../shape/copy-strided.js";

interface Inputs {
  x: TensorInfo;
  alpha: TensorInfo;
}

/**
 * `Prelu`. The stock kernel applies the slopes to the last axes in order, whatever their shape: those of a layer
 * with shared axes, or of channels-first images, are then incorrect.
 */
export const prelu = defineRepair<Inputs, object>("Prelu", (stockOf) =>
  withBroadcastSlopes(stockOf("Prelu")),
);

/** The stock kernel with slopes that are broadcast to `x` as in tfjs. */
export function withBroadcastSlopes(stock: WasmKernel<Inputs, object>): WasmKernel<Inputs, object> {
  return (call) => {
    const { inputs, backend } = call;
    const { x, alpha } = inputs;
    if (x.shape.includes(0)) return backend.makeOutput(x.shape, "float32");
    if (x.dtype !== "float32" || alpha.dtype !== "float32" || isLast(alpha.shape, x.shape))
      return stock(call);
    const slopes = broadcastTo(backend, alpha, x.shape);
    const output = stock({ ...call, inputs: { x, alpha: slopes } });
    backend.disposeData(slopes.dataId);
    return output;
  };
}

// Whether the slopes are those of the last axes, or a single one.
function isLast(slopes: readonly number[], shape: readonly number[]): boolean {
  const first = slopes.findIndex((size) => size !== 1);
  if (first < 0) return true;
  const own = slopes.slice(first);
  return own.every((size, i) => size === shape[shape.length - own.length + i]);
}

function broadcastTo(backend: WasmBackend, x: TensorInfo, shape: readonly number[]): TensorInfo {
  const own = [...shape.slice(x.shape.length).map(() => 1), ...x.shape];
  const steps = stepsOf(own).map((step, axis) => (own[axis] === 1 ? 0 : step));
  return copyStrided(backend, x, shape, { offset: 0, steps });
}
