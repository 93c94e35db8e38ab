/** Clips numbers to bounds. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { addressOf, bytesOf, type WasmBackend, wordsOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

interface Bounds {
  clipValueMin: number;
  clipValueMax: number;
}

/**
 * `ClipByValue`. The stock kernel turns NaN into the lower bound, and so hides that a training has
 * failed; it misreads the bits of integers as floats.
 */
export const clipByValue = defineRepair<{ x: TensorInfo }, Bounds>("ClipByValue", (stockOf) => {
  const stock = stockOf("ClipByValue");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { clipValueMin: low, clipValueMax: high } = attrs;
    if (inputs.x.dtype === "float32") return clamp(backend, inputs.x, low, high);
    if (inputs.x.dtype !== "int32") return stock(call);
    const output = backend.makeOutput(inputs.x.shape, "int32");
    const [from, to] = [inputs.x, output].map((tensor) => addressOf(backend, tensor));
    const words = wordsOf(backend);
    for (let i = 0, size = sizeOf(output.shape); i < size; i++) {
      words[to + i] = Math.min(Math.max(words[from + i], low), high);
    }
    return output;
  };
});

/** `Relu6`; the stock kernel turns NaN into 0. */
export const relu6 = defineRepair<{ x: TensorInfo }, object>("Relu6", (stockOf) => {
  const stock = stockOf("Relu6");
  return (call) =>
    call.inputs.x.dtype === "float32" ? clamp(call.backend, call.inputs.x, 0, 6) : stock(call);
});

function clamp(backend: WasmBackend, x: TensorInfo, low: number, high: number): TensorInfo {
  const output = backend.makeOutput(x.shape, "float32");
  const [from, to] = [x, output].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).clampOf(from, to, sizeOf(x.shape), low, high);
  return output;
}
