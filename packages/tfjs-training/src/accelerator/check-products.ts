/** Checks that an engine multiplies like the compiled kernels, before it is used for training. */

import { bytesOf, heapOf, type WasmBackend } from "../wasm/memory/heap.js";
import {
  gemm,
  gemmMany,
  type Product,
  type ProductEngine,
  productEngine,
  setProductEngine,
} from "../wasm/products/gemm.js";
import { largestDifference } from "./largest-difference.js";

// Odd sizes, single rows of tiles and more than one block of every cache.
const sizes = [
  { m: 7, n: 5, k: 3 },
  { m: 33, n: 17, k: 65 },
  { m: 70, n: 130, k: 519 },
];

/**
 * Compares an engine's products, in all transposes and with accumulation, with those of the compiled kernels.
 *
 * @returns a description of the error, or undefined when all agree to 1e-4 of the largest value
 */
export function checkProducts(backend: WasmBackend, engine: ProductEngine): string | undefined {
  const installed = productEngine();
  setProductEngine(undefined);
  try {
    for (const size of sizes) {
      for (let kind = 0; kind < 8; kind++) {
        const problem = checkOne(backend, engine, {
          ...size,
          transposeA: (kind & 1) > 0,
          transposeB: (kind & 2) > 0,
          accumulate: (kind & 4) > 0,
        });
        if (problem) return problem;
      }
      for (let kind = 0; kind < 4; kind++) {
        const transposes = { transposeA: (kind & 1) > 0, transposeB: (kind & 2) > 0 };
        const problem = checkMany(backend, engine, { ...size, ...transposes });
        if (problem) return problem;
      }
    }
    return undefined;
  } finally {
    setProductEngine(installed);
  }
}

type Task = Required<Omit<Product, "a" | "b" | "c" | "lda" | "ldb">>;

function checkOne(backend: WasmBackend, engine: ProductEngine, task: Task): string | undefined {
  const { m, n, k, transposeA, transposeB, accumulate } = task;
  const name = `the product ${nameOf(task)}, ${accumulate ? "" : "not "}added`;
  return compare(backend, name, task, 1, ({ a, b, expected, actual }) => {
    gemm(backend, { ...task, a, b, c: expected });
    const product = { ...task, a, b, c: actual, lda: transposeA ? m : k, ldb: transposeB ? k : n };
    return engine.multiply(backend, product);
  });
}

// Batches of products, if an engine supports them.
function checkMany(
  backend: WasmBackend,
  engine: ProductEngine,
  task: Omit<Task, "accumulate">,
): string | undefined {
  if (!engine.multiplyMany) return undefined;
  const count = 3;
  return compare(backend, `${count} products ${nameOf(task)} at once`, task, count, (addresses) => {
    const { a, b, expected, actual } = addresses;
    gemmMany(backend, { ...task, count, a, b, c: expected });
    return engine.multiplyMany!(backend, { ...task, count, a, b, c: actual });
  });
}

function nameOf({ m, n, k, transposeA, transposeB }: Omit<Task, "accumulate">): string {
  return `${m}x${k} by ${k}x${n}, ${transposeA ? "A" : "no A"} and ${transposeB ? "B" : "no B"} transposed`;
}

interface Addresses {
  a: number;
  b: number;
  expected: number;
  actual: number;
}

// Describes the error in the results that `compute` says it has computed.
function compare(
  backend: WasmBackend,
  name: string,
  { m, n, k }: { m: number; n: number; k: number },
  count: number,
  compute: (addresses: Addresses) => boolean,
): string | undefined {
  const sizes = [m * k, k * n, m * n, m * n].map((size) => count * size);
  const tensors = sizes.map((size) => backend.makeOutput([size], "float32"));
  try {
    const [a, b, expected, actual] = tensors.map((tensor) => bytesOf(backend, tensor));
    const heap = heapOf(backend);
    for (let i = 0; i < sizes[0]; i++) heap[a / 4 + i] = odd(i);
    for (let i = 0; i < sizes[1]; i++) heap[b / 4 + i] = odd(i + 0.5);
    for (let i = 0; i < sizes[2]; i++) heap[expected / 4 + i] = heap[actual / 4 + i] = i % 3;
    if (!compute({ a, b, expected, actual })) return `${name} was not computed`;
    const numbers = (address: number) => heapOf(backend).subarray(address / 4, address / 4 + sizes[2]);
    const error = largestDifference(numbers(actual), numbers(expected));
    if (error <= 1e-4 * Math.sqrt(k)) return undefined;
    return `${name} differs by ${error} from our own`;
  } finally {
    for (const tensor of tensors) backend.disposeData(tensor.dataId);
  }
}

// Numbers between -1 and 1 without a pattern of the sizes' periods.
function odd(index: number): number {
  return Math.sin(index * index + index);
}
