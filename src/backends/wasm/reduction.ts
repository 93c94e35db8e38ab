/** Sums over axes that are not the innermost ones. */

import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, heapOf, releaseView, viewAt, type WasmBackend } from "./heap.js";
import type { WasmKernel } from "./repair.js";

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

/** tfjs's addition kernel. */
export type AddKernel = WasmKernel<{ a: TensorInfo; b: TensorInfo }>;

// Halving by additions pays while there is more than this to add in one call.
const largeSum = 4096;

/**
 * Sums over adjacent axes with others after them, times `scale(terms)`: `[outer, terms, inner]` becomes
 * `[outer, inner]`. Returns undefined for every other reduction, which the stock kernel does well.
 * The stock kernel would transpose the tensor first.
 */
export function reduceOuterAxes(
  backend: WasmBackend,
  add: AddKernel,
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
  scale: (terms: number) => number,
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
  const sums = new Float64Array(inner);
  const factor = scale(terms);
  for (let i = 0; i < outer; i++) {
    sums.fill(0);
    if (terms * inner <= largeSum) {
      addRows(heapOf(backend), addressOf(backend, x) + i * terms * inner, terms, sums);
    } else {
      halve(backend, add, addressOf(backend, x) + i * terms * inner, terms, sums);
    }
    const heap = heapOf(backend);
    const to = addressOf(backend, output) + i * inner;
    for (let j = 0; j < inner; j++) heap[to + j] = sums[j] * factor;
  }
  return output;
}

// Adds the second half of the rows to the first with the SIMD addition, until little is left.
function halve(backend: WasmBackend, add: AddKernel, x: number, rows: number, sums: Float64Array): void {
  const inner = sums.length;
  let from = x;
  let left = rows;
  let owned: TensorInfo | undefined;
  while (left > 1 && left * inner > largeSum) {
    const half = left >> 1;
    if (left % 2 === 1) addRows(heapOf(backend), from + (left - 1) * inner, 1, sums);
    const a = viewAt(backend, from, [half * inner]);
    const b = viewAt(backend, from + half * inner, [half * inner]);
    const sum = add({ inputs: { a, b }, backend, attrs: {} });
    releaseView(backend, a);
    releaseView(backend, b);
    if (owned) backend.disposeData(owned.dataId);
    owned = sum;
    from = addressOf(backend, sum);
    left = half;
  }
  addRows(heapOf(backend), from, left, sums);
  if (owned) backend.disposeData(owned.dataId);
}

function addRows(heap: Float32Array, from: number, rows: number, sums: Float64Array): void {
  const inner = sums.length;
  let read = from;
  let row = 0;
  for (; row + 4 <= rows; row += 4, read += 3 * inner) {
    for (let j = 0; j < inner; j++, read++) {
      sums[j] += heap[read] + heap[read + inner] + (heap[read + 2 * inner] + heap[read + 3 * inner]);
    }
  }
  for (; row < rows; row++) {
    for (let j = 0; j < inner; j++) sums[j] += heap[read++];
  }
}
