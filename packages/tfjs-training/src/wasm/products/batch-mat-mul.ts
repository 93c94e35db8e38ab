/** Matrix products, optionally transposed and in batches. */

import { broadcast_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../../core/errors.js";
import { sizeOf } from "../../core/state.js";
import { runOnCpu } from "../delegate.js";
import { bytesOf, type WasmBackend } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import { type Epilogue, gemm } from "./gemm.js";

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

/**
 * `BatchMatMul`. The stock kernel leaves the fast path as soon as a factor is transposed or there is
 * more than one product: 10 to 30 times slower, and both occur in the backward pass of every dense layer. It
 * only multiplies floats; integers and booleans are delegated to the cpu backend.
 */
export const batchMatMul = defineRepair<MatMulInputs, MatMulAttributes>("BatchMatMul", (stockOf) => {
  const stock = stockOf("BatchMatMul");
  return (call) => {
    if (!areFloats(call.inputs)) return runOnCpu("BatchMatMul", call) as TensorInfo;
    return multiplyBatch(call.backend, call.inputs, call.attrs) ?? stock(call);
  };
});

/**
 * Computes the products of a batch; undefined if the stock kernel should throw the error.
 *
 * @throws InvalidArgumentError when a factor has fewer than two axes
 */
export function multiplyBatch(
  backend: WasmBackend,
  { a, b }: MatMulInputs,
  { transposeA, transposeB }: MatMulAttributes,
  epilogue?: Epilogue,
): TensorInfo | undefined {
  if (!areFloats({ a, b })) return undefined;
  for (const [name, { shape }] of Object.entries({ a, b })) {
    if (shape.length >= 2) continue;
    throw new InvalidArgumentError(
      name,
      `matMul: expected a tensor with at least two axes, received the shape [${shape}]; use tf.dot, or add a second axis to the vector by tf.reshape`,
    );
  }
  const [rowsA, columnsA] = a.shape.slice(-2);
  const [rowsB, columnsB] = b.shape.slice(-2);
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [n, terms] = transposeB ? [rowsB, columnsB] : [columnsB, rowsB];
  if (k !== terms) return undefined;

  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const output = backend.makeOutput([...outer, m, n], "float32");
  const [fromA, fromB, to] = [a, b, output].map((tensor) => bytesOf(backend, tensor));
  const one = (i: number, rows: number) =>
    gemm(
      backend,
      {
        m: rows,
        n,
        k,
        a: fromA + 4 * broadcastIndex(i, outer, outerA) * m * k,
        b: fromB + 4 * broadcastIndex(i, outer, outerB) * k * n,
        c: to + 4 * i * m * n,
        transposeA,
        transposeB,
      },
      epilogue,
    );
  const products = sizeOf(outer);
  // Many matrices times the same one are one taller matrix.
  if (!transposeA && sizeOf(outerB) === 1 && sizeOf(outerA) === products) one(0, products * m);
  else for (let i = 0; i < products; i++) one(i, m);
  return output;
}

function areFloats({ a, b }: MatMulInputs): boolean {
  return a.dtype === "float32" && b.dtype === "float32";
}

// Index of a factor's matrix in the i-th product: axes of size 1 (or missing ones) are repeated.
function broadcastIndex(i: number, outer: readonly number[], own: readonly number[]): number {
  let index = 0;
  let stride = 1;
  let rest = i;
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    const size = own[axis - outer.length + own.length] ?? 1;
    index += stride * (rest % size);
    stride *= size;
    rest = Math.floor(rest / outer[axis]);
  }
  return index;
}
