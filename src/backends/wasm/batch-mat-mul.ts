/** Products with a transposed factor or with a batch, from plain products. */

import { broadcast_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { addressOf, heapOf, type WasmBackend } from "./heap.js";
import { type MatMulAttributes, type MatMulInputs, multiply, type ProductSize } from "./product.js";
import { defineRepair } from "./repair.js";
import { transposeMatrix } from "./transpose.js";

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
    const turned = (transposeA ? m * k : 0) + (transposeB ? k * n : 0);
    if (k !== (transposeB ? columnsB : rowsB) || !worthPreparing({ m, k, n }, turned)) return stock(call);

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

// In units of one multiplication of tfjs's own loops (about 1 ns, against 0.07 ns in the fast product):
// calling the fast product costs some 3500, packing its right factor 5 and turning a matrix 2.5 an element.
function worthPreparing({ m, k, n }: ProductSize, turned: number): boolean {
  return m * k * n > 3500 + 5 * k * n + 2.5 * turned;
}

function transposed(backend: WasmBackend, x: TensorInfo, rows: number, columns: number): TensorInfo {
  if (rows === 1 || columns === 1) return x; // the same numbers in the same order
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
    index += stride * (rest % size);
    stride *= size;
    rest = Math.floor(rest / outer[axis]);
  }
  return index;
}
