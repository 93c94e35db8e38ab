import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { bytesOf, heapOf, type WasmBackend } from "../../src/wasm/memory/heap.js";
import { gemm, type Product, setProductEngine } from "../../src/wasm/products/gemm.js";
import { heapBytes, numbers, relativeError } from "../compare.js";
import { Random } from "../random.js";

let backend: WasmBackend;

beforeAll(async () => {
  await useBackend("wasm");
  backend = tf.backend() as unknown as WasmBackend;
});

interface Case {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
  accumulate: boolean;
  /** Floats between rows that belong to no factor. */
  gapA: number;
  gapB: number;
  bias: boolean;
  activation: "linear" | "relu" | "relu6";
}

/** The product in 64-bit floats, from the same arrays. */
function reference(c: Case, a: Float32Array, b: Float32Array, before: Float32Array, bias: Float32Array) {
  const lda = (c.transposeA ? c.m : c.k) + c.gapA;
  const ldb = (c.transposeB ? c.k : c.n) + c.gapB;
  const high = c.activation === "relu6" ? 6 : Number.POSITIVE_INFINITY;
  const low = c.activation === "linear" ? Number.NEGATIVE_INFINITY : 0;
  return Float64Array.from({ length: c.m * c.n }, (_, index) => {
    const i = Math.floor(index / c.n);
    const j = index % c.n;
    let sum = c.accumulate ? before[index] : 0;
    for (let k = 0; k < c.k; k++) {
      sum += a[c.transposeA ? k * lda + i : i * lda + k] * b[c.transposeB ? j * ldb + k : k * ldb + j];
    }
    return Math.min(high, Math.max(low, sum + (c.bias ? bias[j] : 0)));
  });
}

/** Runs the kernel between two guard rows and returns the product; expects the guards to be untouched. */
function run(c: Case, a: Float32Array, b: Float32Array, before: Float32Array, bias: Float32Array) {
  const guard = new Float32Array(40).fill(7);
  const tensors = [a, b, Float32Array.of(...guard, ...before, ...guard), bias].map((x) => tf.tensor1d(x));
  const [fromA, fromB, padded, fromBias] = tensors.map((tensor) => bytesOf(backend, tensor));
  const product: Product = { ...c, a: fromA, b: fromB, c: padded + 160 };
  if (c.gapA) product.lda = (c.transposeA ? c.m : c.k) + c.gapA;
  if (c.gapB) product.ldb = (c.transposeB ? c.k : c.n) + c.gapB;
  gemm(backend, product, { bias: c.bias ? fromBias : undefined, activation: c.activation });
  const all = heapOf(backend).slice(padded / 4, padded / 4 + c.m * c.n + 80);
  tf.dispose(tensors);
  expect(all.slice(0, 40)).toEqual(guard);
  expect(all.slice(-40)).toEqual(guard);
  return all.slice(40, -40);
}

function arrays(c: Case, seed: number): [Float32Array, Float32Array, Float32Array, Float32Array] {
  const sizeA = c.transposeA ? [c.k, c.m + c.gapA] : [c.m, c.k + c.gapA];
  const sizeB = c.transposeB ? [c.n, c.k + c.gapB] : [c.k, c.n + c.gapB];
  return [
    numbers([sizeA[0] * sizeA[1] + 1], seed),
    numbers([sizeB[0] * sizeB[1] + 1], seed + 1),
    numbers([c.m * c.n], seed + 2),
    numbers([c.n], seed + 3),
  ];
}

function check(c: Case, seed: number): void {
  const given = arrays(c, seed);
  expect(relativeError(run(c, ...given), reference(c, ...given)), JSON.stringify(c)).toBeLessThan(1e-5);
}

const plain: Case = {
  m: 7,
  n: 9,
  k: 5,
  transposeA: false,
  transposeB: false,
  accumulate: false,
  gapA: 0,
  gapB: 0,
  bias: false,
  activation: "linear",
};

describe.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])("products with transposeA %s, transposeB %s", (transposeA, transposeB) => {
  it("of random sizes agree with 64-bit sums", () => {
    const random = new Random(transposeA ? (transposeB ? 4 : 3) : transposeB ? 2 : 1);
    const size = (largest: number) => Math.ceil(largest ** random.uniform(0, 1));
    for (let i = 0; i < 150; i++) {
      check(
        {
          m: size(40),
          n: size(40),
          k: size(80),
          transposeA,
          transposeB,
          accumulate: random.uniform() < 0.5,
          gapA: random.uniform() < 0.3 ? size(5) : 0,
          gapB: random.uniform() < 0.3 ? size(5) : 0,
          bias: random.uniform() < 0.5,
          activation: (["linear", "relu", "relu6"] as const)[Math.floor(random.uniform() * 3)],
        },
        100 + i,
      );
    }
  });

  it("longer than one block of terms, taller than one block of rows", () => {
    for (const k of [511, 512, 513, 767, 768, 769, 1300]) {
      check({ ...plain, transposeA, transposeB, m: 13, n: 11, k, bias: true, activation: "relu" }, k);
    }
    for (const m of [192, 193, 400]) check({ ...plain, transposeA, transposeB, m, k: 600 }, m);
  });

  it("wider than the panels that are packed at once", () =>
    check({ ...plain, transposeA, transposeB, m: 13, n: 27, k: 90_000 }, 1));
});

it("sums of no terms are zero, or the previous values", () => {
  check({ ...plain, k: 0, bias: true }, 1);
  check({ ...plain, k: 0, accumulate: true }, 2);
  check({ ...plain, m: 0 }, 3);
});

it("a NaN in a factor is propagated through relu", () => {
  const given = arrays(plain, 1);
  given[0][0] = Number.NaN;
  const output = run({ ...plain, activation: "relu" }, ...given);
  expect(Array.from(output.slice(0, 9)).every(Number.isNaN)).toBe(true);
  expect(Array.from(output.slice(9)).some(Number.isNaN)).toBe(false);
});

it("does not grow the heap over many calls", () => {
  const c = { ...plain, m: 100, n: 100, k: 100, transposeA: true };
  const given = arrays(c, 1);
  run(c, ...given);
  const before = heapBytes();
  for (let i = 0; i < 300; i++) run({ ...c, transposeB: i % 2 === 0 }, ...given);
  expect(heapBytes()).toBe(before);
});

describe("setProductEngine", () => {
  afterEach(() => setProductEngine(undefined));

  it("passes products to the engine, and applies bias and activation afterwards", () => {
    const seen: Product[] = [];
    setProductEngine({
      multiply(at, product) {
        seen.push(product);
        const heap = heapOf(at);
        for (let i = 0; i < product.m * product.n; i++) heap[product.c / 4 + i] = i - 10;
        return true;
      },
    });
    const c: Case = { ...plain, m: 2, n: 9, bias: true, activation: "relu6" };
    const [a, b, before, bias] = arrays(c, 1);
    const output = run(c, a, b, before, bias);
    const expected = Array.from({ length: 18 }, (_, i) =>
      Math.min(6, Math.max(0, Math.fround(i - 10 + bias[i % 9]))),
    );
    expect(Array.from(output)).toEqual(expected);
    expect(seen).toEqual([expect.objectContaining({ m: 2, n: 9, k: 5, lda: 5, ldb: 9, accumulate: false })]);
  });

  it("computes what the engine declines", () => {
    setProductEngine({ multiply: () => false });
    check({ ...plain, bias: true, activation: "relu" }, 5);
  });

  it("is used by tf.matMul", () => {
    setProductEngine({
      multiply(at, { c }) {
        heapOf(at)[c / 4] = 42;
        return true;
      },
    });
    expect(tf.tidy(() => tf.matMul(tf.ones([1, 3]), tf.ones([3, 1])).dataSync()[0])).toBe(42);
  });
});
