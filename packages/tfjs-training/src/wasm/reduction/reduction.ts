/** Sums over axes that are not the innermost ones. */

import { backend_util, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { addressOf, bytesOf, heapOf, type WasmBackend, wordsOf } from "../memory/heap.js";

/** Input of tfjs's reductions. */
export interface ReductionInputs {
  /** The tensor to reduce. */
  x: TensorInfo;
}

/** Attributes of tfjs's reductions. */
export interface ReductionAttributes {
  /** Axes to sum over. */
  axis: number | number[] | null;
  /** Whether the axes stay, with size 1. */
  keepDims: boolean;
}

// Rows that are summed up in 32-bit floats; their sums are added in 64 bits, so that many rows lose no digits.
const rowsAtOnce = 64;

/**
 * Sums over adjacent axes with others after them, times `scale(terms)`: `[outer, terms, inner]` becomes
 * `[outer, inner]`. Returns undefined for every other reduction, which the stock kernel does well.
 * The stock kernel would transpose the tensor first.
 */
export function reduceOuterAxes(
  backend: WasmBackend,
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
  scale?: (terms: number) => number,
): TensorInfo | undefined {
  if (x.dtype !== "float32") return undefined;
  const rank = x.shape.length;
  const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape).sort((a, b) => a - b);
  const [first] = axes;
  const end = first + axes.length;
  if (axes.length === 0 || end === rank || axes[axes.length - 1] !== end - 1) return undefined;
  const outer = sizeOf(x.shape.slice(0, first));
  const terms = sizeOf(x.shape.slice(first, end));
  const inner = sizeOf(x.shape.slice(end));
  if (outer * terms * inner === 0 || terms === 1 || inner === 1) return undefined;

  const kept = keepDims ? axes.map(() => 1) : [];
  const output = backend.makeOutput([...x.shape.slice(0, first), ...kept, ...x.shape.slice(end)], "float32");
  const kernels = kernelsOf(backend);
  const from = bytesOf(backend, x);
  const to = bytesOf(backend, output);
  const factor = scale?.(terms) ?? 1;
  const heap = heapOf(backend);
  const sums = new Float64Array(inner);
  for (let i = 0; i < outer; i++) {
    const target = to + 4 * i * inner;
    sums.fill(0);
    for (let row = 0; row < terms; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, terms - row);
      kernels.columnSum(from + 4 * (i * terms + row) * inner, target, rows, inner);
      for (let j = 0; j < inner; j++) sums[j] += heap[target / 4 + j];
    }
    for (let j = 0; j < inner; j++) heap[target / 4 + j] = sums[j] * factor;
  }
  return output;
}

/** A reduction of no elements, `value` everywhere; undefined for every other tensor. */
export function reduceNothing(
  backend: WasmBackend,
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
  dtype: DataType,
  value: number,
): TensorInfo | undefined {
  if (sizeOf(x.shape) > 0 || (dtype !== "float32" && dtype !== "int32" && dtype !== "bool")) return undefined;
  const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape);
  const [kept] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
  const output = backend.makeOutput(shape, dtype);
  if (dtype === "bool") {
    const address = bytesOf(backend, output);
    backend.wasm.HEAPU8.fill(value, address, address + sizeOf(shape));
    return output;
  }
  const address = addressOf(backend, output);
  const heap = dtype === "int32" ? wordsOf(backend) : heapOf(backend);
  heap.fill(value, address, address + sizeOf(shape));
  return output;
}
