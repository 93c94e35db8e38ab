/** Matrix products on the heap, from tfjs's one fast form: one matrix by one matrix, nothing transposed. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { heapOf, releaseView, viewAt, type WasmBackend } from "./heap.js";
import type { WasmKernel } from "./repair.js";

/** Inputs of tfjs's `BatchMatMul`. */
export interface MatMulInputs {
  /** Left factor `[..., m, k]`, or `[..., k, m]` with `transposeA`. */
  a: TensorInfo;
  /** Right factor `[..., k, n]`, or `[..., n, k]` with `transposeB`. */
  b: TensorInfo;
}

/** Attributes of tfjs's `BatchMatMul`. */
export interface MatMulAttributes {
  /** Whether the left factor's last two axes are swapped. */
  transposeA: boolean;
  /** Whether the right factor's last two axes are swapped. */
  transposeB: boolean;
}

/** tfjs's product kernel. */
export type MatMulKernel = WasmKernel<MatMulInputs, MatMulAttributes>;

/** Sizes of a product of `[m, k]` by `[k, n]`. */
export interface ProductSize {
  /** Rows of the left factor. */
  m: number;
  /** Columns of the left, rows of the right factor. */
  k: number;
  /** Columns of the right factor. */
  n: number;
}

const plain: MatMulAttributes = { transposeA: false, transposeB: false };

/** `[m, k]` at heap index `a` times `[k, n]` at heap index `b`, as a new tensor `[1, m, n]`. */
export function multiply(
  backend: WasmBackend,
  matMul: MatMulKernel,
  a: number,
  b: number,
  { m, k, n }: ProductSize,
): TensorInfo {
  const left = viewAt(backend, a, [1, m, k]);
  const right = viewAt(backend, b, [1, k, n]);
  const product = matMul({ inputs: { a: left, b: right }, backend, attrs: plain });
  releaseView(backend, left);
  releaseView(backend, right);
  return product;
}

/** Adds `length` floats at `from` to those at `to`. */
export function accumulate(backend: WasmBackend, from: number, to: number, length: number): void {
  const heap = heapOf(backend);
  for (let i = 0; i < length; i++) heap[to + i] += heap[from + i];
}
