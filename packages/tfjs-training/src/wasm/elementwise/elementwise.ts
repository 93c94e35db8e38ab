/** Maxima, minima, comparisons and selection, which the stock kernels compute one number at a time. */

import { broadcast_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import type { KernelExports } from "../kernel-binaries.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf, type WasmBackend } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import { copyStrided, stepsOf } from "../shape/copy-strided.js";

interface Pair {
  a: TensorInfo;
  b: TensorInfo;
}

type Compute = (
  kernels: KernelExports,
  ...call: [a: number, b: number, out: number, rows: number, columns: number, single: boolean]
) => void;

/** Kernel `Maximum`. */
export const maximum = binary("Maximum", "float32", (kernels, ...call) => kernels.maximum(...call));
/** Kernel `Minimum`. */
export const minimum = binary("Minimum", "float32", (kernels, ...call) => kernels.minimum(...call));
/** Kernel `Greater`. */
export const greater = comparison("Greater", "greater", "less", false);
/** Kernel `GreaterEqual`. */
export const greaterEqual = comparison("GreaterEqual", "greater", "less", true);
/** Kernel `Less`. */
export const less = comparison("Less", "less", "greater", false);
/** Kernel `LessEqual`. */
export const lessEqual = comparison("LessEqual", "less", "greater", true);

/**
 * `Select`, tfjs's `where`: elements of `t` where the condition holds, of `e` elsewhere. For booleans, which take one
 * byte, the stock kernel only writes every fourth element.
 */
export const select = defineRepair<{ condition: TensorInfo; t: TensorInfo; e: TensorInfo }, object>(
  "Select",
  (stockOf) => {
    const stock = stockOf("Select");
    return (call) => {
      const { inputs, backend } = call;
      const { condition, t, e } = inputs;
      const count = sizeOf(t.shape);
      const alike = sizeOf(condition.shape) === count && sizeOf(e.shape) === count;
      if (!alike || condition.dtype !== "bool" || t.dtype !== e.dtype) return stock(call);
      if (t.dtype !== "float32" && t.dtype !== "int32" && t.dtype !== "bool") return stock(call);
      const output = backend.makeOutput(t.shape, t.dtype);
      const [from, a, b, to] = [condition, t, e, output].map((tensor) => bytesOf(backend, tensor));
      if (t.dtype === "bool") {
        const bytes = backend.wasm.HEAPU8;
        for (let i = 0; i < count; i++) bytes[to + i] = bytes[(bytes[from + i] ? a : b) + i];
      } else kernelsOf(backend).select(from, a, b, to, count);
      return output;
    };
  },
);

function comparison(kernelName: string, own: "greater" | "less", other: "greater" | "less", equal: boolean) {
  const compare =
    (name: "greater" | "less"): Compute =>
    (kernels, ...call) =>
      kernels[name](...call, equal);
  return binary(kernelName, "bool", compare(own), compare(other));
}

// For floats; everything else uses the stock kernel. `swapped` is the function with its arguments exchanged.
function binary(kernelName: string, dtype: "float32" | "bool", compute: Compute, swapped = compute) {
  return defineRepair<Pair, object>(kernelName, (stockOf) => {
    const stock = stockOf(kernelName);
    return (call) => {
      const { inputs, backend } = call;
      const { a, b } = inputs;
      if (a.dtype !== "float32" || b.dtype !== "float32") return stock(call);
      const turned = sizeOf(a.shape) < sizeOf(b.shape);
      const [large, small] = turned ? [b, a] : [a, b];
      if (isTail(small.shape, large.shape))
        return pairwise(backend, large, small, turned ? swapped : compute);
      const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const [x, y] = [repeated(backend, a, shape), repeated(backend, b, shape)];
      const output = pairwise(backend, x, y, compute);
      for (const { dataId } of [x, y]) backend.disposeData(dataId);
      return output;
    };
  });

  // Whether both have the same shape, or the second is a single number or a row that is the same for all rows of the
  // first.
  function pairwise(backend: WasmBackend, large: TensorInfo, small: TensorInfo, f: Compute): TensorInfo {
    const columns = sizeOf(small.shape);
    const size = sizeOf(large.shape);
    const single = columns === 1;
    const [rows, width] = single ? [1, size] : [size / columns, columns];
    const output = backend.makeOutput(large.shape, dtype);
    if (size === 0) return output;
    const [x, y, to] = [large, small, output].map((tensor) => bytesOf(backend, tensor));
    f(kernelsOf(backend), x, y, to, rows, width, single);
    return output;
  }
}

// A new tensor, `x` broadcast to a shape.
function repeated(backend: WasmBackend, x: TensorInfo, shape: number[]): TensorInfo {
  const own = stepsOf(x.shape);
  const added = shape.length - x.shape.length;
  const steps = shape.map((_, i) => (i < added || x.shape[i - added] === 1 ? 0 : own[i - added]));
  return copyStrided(backend, x, shape, { offset: 0, steps });
}

// Whether a shape, except for leading ones, is a suffix of another one that has at least as many axes.
function isTail(shape: readonly number[], of: readonly number[]): boolean {
  if (shape.length > of.length) return false;
  const first = shape.findIndex((size) => size !== 1);
  if (first < 0) return true;
  const tail = shape.slice(first);
  return tail.every((size, i) => size === of[of.length - tail.length + i]);
}
