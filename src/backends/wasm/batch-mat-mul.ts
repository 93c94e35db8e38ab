/** Products with a transposed factor or with a batch, from plain products. */

import { broadcast_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, heapOf, type WasmBackend } from "./heap.js";
import { type MatMulAttributes, type MatMulInputs, multiply } from "./product.js";
import { defineRepair } from "./repair.js";
import { transposeMatrix } from "./transpose.js";

// Measured: below these numbers of multiplications in one product, tfjs's own loops (2 to 3
// GFLOPS, but no set-up) win over transposing (or copying) first and the fast product (30 GFLOPS).
const fewMultiplications = 2048;

/**
 * `BatchMatMul`. The stock kernel leaves the fast path as soon as a factor is transposed or there is
 * more than one product: 10 to 30 times slower, and both happen in the backward pass of every dense layer.
 */
export const batchMatMul = defineRepair<MatMulInputs, MatMulAttributes>("BatchMatMul", (stockOf) => {
  const stock = stockOf("BatchMatMul");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { a, b } = inputs;
    const { transposeA, transposeB } = attrs;
    const outerA = a.shape.slice(0, -2);
    const outerB = b.shape.slice(0, -2);
    const single = sizeOf(outerA) === 1 && sizeOf(outerB) === 1;
    if (single && !transposeA && !transposeB) return stock(call);
    if (a.dtype !== "float32" || b.dtype !== "float32") return stock(call);

    const [rowsA, columnsA] = a.shape.slice(-2);
    const [rowsB, columnsB] = b.shape.slice(-2);
    const m = transposeA ? columnsA : rowsA;
    const k = transposeA ? rowsA : columnsA;
    const n = transposeB ? rowsB : columnsB;
    if (k !== (transposeB ? columnsB : rowsB) || m * k * n <= fewMultiplications) return stock(call);

    const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
    const left = transposeA ? transposed(backend, a, rowsA, columnsA) : a;
    const right = transposeB ? transposed(backend, b, rowsB, columnsB) : b;
    const product = (i: number) =>
      multiply(
        backend,
        stock,
        addressOf(backend, left) + broadcastIndex(i, outer, outerA) * m * k,
        addressOf(backend, right) + broadcastIndex(i, outer, outerB) * k * n,
        { m, k, n },
      );

    let output: TensorInfo;
    if (sizeOf(outer) === 1) {
      output = product(0);
      output.shape = [...outer, m, n];
    } else {
      output = backend.makeOutput([...outer, m, n], "float32");
      for (let i = 0; i < sizeOf(outer); i++) {
        const one = product(i);
        const from = addressOf(backend, one);
        heapOf(backend).copyWithin(addressOf(backend, output) + i * m * n, from, from + m * n);
        backend.disposeData(one.dataId);
      }
    }
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return output;
  };
});

function transposed(backend: WasmBackend, x: TensorInfo, rows: number, columns: number): TensorInfo {
  const size = sizeOf(x.shape);
  const result = backend.makeOutput([size], "float32");
  const heap = heapOf(backend);
  const from = addressOf(backend, x);
  const to = addressOf(backend, result);
  for (let i = 0; i < size; i += rows * columns) transposeMatrix(heap, from + i, to + i, rows, columns);
  return result;
}

// Which matrix of a factor belongs to the i-th product: axes of size 1 (or missing ones) are repeated.
function broadcastIndex(i: number, outer: readonly number[], own: readonly number[]): number {
  let index = 0;
  let stride = 1;
  let rest = i;
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    const size = own[axis - outer.length + own.length] ?? 1;
    index += stride * ((rest % outer[axis]) % size);
    stride *= size;
    rest = Math.floor(rest / outer[axis]);
  }
  return index;
}
