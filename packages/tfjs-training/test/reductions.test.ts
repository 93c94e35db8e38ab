import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const cases: [number[], number[]][] = [
  [[7, 5], [0]],
  [[7, 5], [1]],
  [
    [7, 5],
    [0, 1],
  ],
  [[1, 5], [0]],
  [[6, 1], [0]],
  [[1031, 33], [0]], // odd at every halving
  [[4096, 16], [0]],
  [
    [3, 4, 5, 6],
    [0, 1, 2],
  ],
  [
    [9, 20, 21, 8],
    [0, 1, 2],
  ],
  [
    [3, 4, 5, 6],
    [1, 2],
  ],
  [
    [2, 60, 60, 3],
    [1, 2],
  ],
  [
    [3, 4, 5, 6],
    [0, 2],
  ],
  [[3, 4, 5, 6], [-2]],
  [
    [3, 4, 5, 6],
    [2, 1],
  ],
];

describe.each([
  ["sum", tf.sum],
  ["mean", tf.mean],
] as const)("%s", (_, reduce) => {
  it.each(cases)("of %j over %j", async (shape, axes) => {
    await expectAgreement([shape], (x) => reduce(x, axes));
    await expectAgreement([shape], (x) => reduce(x, axes, true));
  });

  it("leaks no memory", async () => {
    await expectNoLeak([[1031, 33]], (x) => reduce(x, 0));
    await expectNoLeak([[2, 9, 9, 4]], (x) => reduce(x, [1, 2]));
  });
});

it("sums integers and booleans like tfjs", async () => {
  await tf.setBackend("wasm");
  expect(Array.from(tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], "int32"), 0).dataSync())).toEqual([4, 6]);
  expect(Array.from(tf.sum(tf.tensor2d([1, 0, 1, 1], [2, 2], "bool"), 0).dataSync())).toEqual([2, 1]);
});

it("adds the bias gradient of many rows precisely", async () => {
  await tf.setBackend("wasm");
  const rows = 100_000;
  const x = tf.fill([rows, 3], 0.1);
  const exact = rows * Math.fround(0.1);
  for (const value of tf.sum(x, 0).dataSync()) expect(Math.abs(value / exact - 1)).toBeLessThan(1e-6);
});

describe("long sums on wasm", () => {
  const total = (x: tf.Tensor) => tf.sum(x).dataSync()[0];

  it("are not limited to 2^24", async () => {
    await tf.setBackend("wasm");
    tf.tidy(() => {
      const ones = tf.ones([20_000_000]);
      expect(total(ones)).toBe(20_000_000);
      expect(tf.mean(ones).dataSync()[0]).toBe(1);
      expect(Array.from(tf.sum(tf.reshape(ones, [2, 10_000_000]), 1).dataSync())).toEqual([1e7, 1e7]);
    });
  });

  it.each<[string, number[], number[] | undefined]>([
    ["of all elements", [3_000_001], undefined],
    ["of the last axis", [3, 1_000_003], [1]],
    ["of the first and the last axis", [1000, 3, 1001], [0, 2]],
    ["of the only long axis", [1, 3_000_000, 1], [1]],
  ])("%s are exact to 1e-7", async (_, shape, axes) => {
    await tf.setBackend("wasm");
    tf.tidy(() => {
      const x = tf.randomUniform(shape, 0, 1, "float32", 3);
      const squares = tf.square(x);
      const sums = tf.sum(squares, axes).dataSync();
      const means = tf.mean(squares, axes).dataSync();
      const expected = new Float64Array(sums.length);
      const outputs = axes?.length === 2 ? 3 : sums.length;
      const inner = axes?.length === 2 ? 1001 : squares.size / outputs;
      squares.dataSync().forEach((value, i) => {
        expected[Math.floor(i / inner) % outputs] += value;
      });
      sums.forEach((sum, i) => {
        expect(Math.abs(sum / expected[i] - 1)).toBeLessThan(1e-7);
        expect(Math.abs((means[i] * squares.size) / outputs / expected[i] - 1)).toBeLessThan(2e-7);
      });
    });
  });

  it("of integers have exact means", async () => {
    await tf.setBackend("wasm");
    tf.tidy(() => {
      expect(tf.mean(tf.fill([20_000_000], 3, "int32")).dataSync()[0]).toBe(3);
      expect(tf.mean(tf.tensor1d([1, 0, 1, 1], "bool")).dataSync()[0]).toBe(0.75);
    });
  });

  it("leak no memory", async () => {
    await expectNoLeak([[40, 50]], (x) => tf.sum(x));
    await expectNoLeak([[40, 5, 30]], (x) => tf.mean(x, [0, 2]));
  });
});

it("bias gradients of dense and convolutional layers", async () => {
  await expectAgreement([[50, 6], [6]], (x, bias) => tf.add(x, bias));
  await expectAgreement([[5, 9, 8, 6], [6]], (x, bias) => tf.add(x, bias));
});

describe("no elements", () => {
  // The memory of the result contained other numbers before.
  const values = (f: () => tf.Tensor, size: number) => {
    tf.fill([size], 7).dispose();
    const result = f();
    return [Array.from(result.dataSync()), result.shape, result.dtype];
  };

  it("have the sum 0 and the mean NaN", async () => {
    await tf.setBackend("wasm");
    const floats = tf.zeros([0, 3]);
    const integers = tf.zeros([2, 0, 2], "int32");
    expect(values(() => tf.sum(floats, 0), 3)).toEqual([[0, 0, 0], [3], "float32"]);
    expect(values(() => tf.sum(floats), 1)).toEqual([[0], [], "float32"]);
    expect(values(() => tf.sum(integers, 1, true), 4)).toEqual([[0, 0, 0, 0], [2, 1, 2], "int32"]);
    expect(values(() => tf.mean(floats, 0), 3)).toEqual([[NaN, NaN, NaN], [3], "float32"]);
  });
});
