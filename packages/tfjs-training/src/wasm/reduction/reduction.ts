/** Sums over axes, and reductions of empty tensors. */

import { backend_util, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { addressOf, bytesOf, heapOf, type WasmBackend, wordsOf } from "../memory/heap.js";
import { copyStrided, stepsOf } from "../shape/copy-strided.js";

/** Input of tfjs's reductions. */
export interface ReductionInputs {
  /** The tensor to reduce. */
  x: TensorInfo;
}

/** Attributes of tfjs's reductions. */
export interface ReductionAttributes {
  /** Axes to sum over. */
  axis: number | number[] | null;
  /** Whether the axes are kept, with size 1. */
  keepDims: boolean;
}

// Rows that are summed in 32-bit floats; their sums are added in 64 bits, so that many rows lose no digits.
const rowsAtOnce = 64;

/**
 * Sums over axes, times `scale(terms)`; undefined for types other than floats. The stock kernel adds numbers
 * sequentially in 32 bits, and transposes first if a reduced axis comes before one that is kept.
 */
export function sumFloats(
  backend: WasmBackend,
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
  scale: (terms: number) => number = () => 1,
): TensorInfo | undefined {
  if (x.dtype !== "float32") return undefined;
  const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape);
  const [kept, reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const shape = keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept;
  const terms = sizeOf(reduced);
  if (sizeOf(kept) * terms === 0) return undefined;
  const output = backend.makeOutput(shape, "float32");
  const factor = scale(terms);
  const between = spanOf(x.shape, axes);
  if (between && between.inner > 1) {
    sumRows(backend, bytesOf(backend, x), bytesOf(backend, output), between, factor);
    return output;
  }
  const last = between ? x : innermost(backend, x, axes);
  const [from, to] = [last, output].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).rowSum(from, to, sizeOf(kept), terms, factor);
  if (last !== x) backend.disposeData(last.dataId);
  return output;
}

/** View as `[outer, terms, inner]` of a tensor that is summed over its middle. */
interface Span {
  outer: number;
  terms: number;
  inner: number;
}

// Undefined if kept axes are between reduced ones. Axes of size one can be anywhere.
function spanOf(shape: readonly number[], axes: readonly number[]): Span | undefined {
  const long = axes.filter((axis) => shape[axis] > 1).sort((a, b) => a - b);
  if (long.length === 0) return { outer: sizeOf(shape), terms: 1, inner: 1 };
  const [first, last] = [long[0], long[long.length - 1]];
  const terms = sizeOf(shape.slice(first, last + 1));
  if (terms !== sizeOf(long.map((axis) => shape[axis]))) return undefined;
  return { outer: sizeOf(shape.slice(0, first)), terms, inner: sizeOf(shape.slice(last + 1)) };
}

function sumRows(backend: WasmBackend, from: number, to: number, span: Span, factor: number): void {
  const { outer, terms, inner } = span;
  const kernels = kernelsOf(backend);
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
}

// A copy with the reduced axes after the kept ones.
function innermost(backend: WasmBackend, x: TensorInfo, axes: readonly number[]): TensorInfo {
  const stay = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...stay, ...axes];
  const steps = stepsOf(x.shape);
  const shape = order.map((axis) => x.shape[axis]);
  return copyStrided(backend, x, shape, { offset: 0, steps: order.map((axis) => steps[axis]) });
}

/** A reduction of an empty tensor, `value` everywhere; undefined for every other tensor. */
export function reduceEmpty(
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
