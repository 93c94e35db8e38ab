import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

describe("slice", () => {
  it.each([
    [[7], [2], [3]],
    [[7], [0], [-1]],
    [
      [5, 40],
      [1, 0],
      [3, 40],
    ],
    [
      [5, 40],
      [1, 2],
      [3, 37],
    ],
    [
      [5, 4],
      [0, 3],
      [5, 1],
    ],
    [
      [3, 4, 5],
      [1, 0, 0],
      [1, 4, 5],
    ],
    [
      [3, 4, 5],
      [0, 2, 0],
      [3, 1, 5],
    ],
    [
      [3, 4, 5],
      [1, 1, 1],
      [2, 2, 3],
    ],
    [
      [2, 3, 4, 5],
      [1, 0, 1, 2],
      [1, 3, 2, 2],
    ],
    [
      [2, 3, 2, 3, 4],
      [0, 1, 0, 2, 1],
      [2, 2, 2, 1, 3],
    ],
    [
      [4, 3],
      [2, 0],
      [0, 3],
    ],
  ])("of %j from %j, size %j", (shape, begin, size) =>
    expectAgreement([shape], (x) => tf.slice(x, begin, size), { gradients: !size.includes(0) }),
  );

  it("of integers, booleans and strings", async () => {
    await tf.setBackend("wasm");
    const values = (x: tf.Tensor) => Array.from(tf.slice(x, [0, 1], [2, 1]).dataSync<"string">());
    expect(values(tf.tensor2d([1, 2, 3, 4], [2, 2], "int32"))).toEqual([2, 4]);
    expect(values(tf.tensor2d([1, 0, 0, 1], [2, 2], "bool"))).toEqual([0, 1]);
    expect(values(tf.tensor2d(["a", "b", "c", "d"], [2, 2]))).toEqual(["b", "d"]);
  });

  it("leaks no memory", () => expectNoLeak([[3, 4, 5]], (x) => tf.slice(x, [1, 1, 1], [2, 2, 3])));
});

describe("split and unstack", () => {
  it.each([0, 1, 2, -1])("along axis %i", async (axis) => {
    const weighted = (parts: tf.Tensor[]) =>
      parts.map((part, i) => tf.mul(part, i + 1)).reduce((a, b) => tf.add(a, b));
    await expectAgreement([[6, 4, 2]], (x) => weighted(tf.split(x, 2, axis)));
    await expectAgreement([[6, 4, 2]], (x) => weighted(tf.unstack(x, axis)));
  });

  it("into unequal parts", () =>
    expectAgreement([[7, 3]], (x) => {
      const [a, b, c] = tf.split(x, [2, 4, 1], 0);
      return tf.add(tf.sum(a, 0), tf.add(tf.mul(tf.sum(b, 0), 2), tf.mul(tf.sum(c, 0), 3)));
    }));

  it("unstacks vectors into scalars", async () => {
    await tf.setBackend("wasm");
    const parts = tf.unstack(tf.tensor1d([3, 4, 5]));
    expect(parts.map((part) => [part.shape, part.dataSync()[0]])).toEqual([
      [[], 3],
      [[], 4],
      [[], 5],
    ]);
  });

  it("leaks no memory", async () => {
    await expectNoLeak([[6, 4]], (x) => tf.unstack(x, 1)[2]);
    await expectNoLeak([[6, 4]], (x) => tf.split(x, 2, 1)[1]);
  });
});

it("a part beyond the tensor is an error", async () => {
  await tf.setBackend("wasm");
  expect(() => tf.slice(tf.tensor1d([1, 2, 3]), [2], [5])).toThrow();
});

it("transposes empty boolean tensors", async () => {
  await tf.setBackend("wasm");
  expect(tf.transpose(tf.zeros([0, 3, 2], "bool"), [0, 2, 1]).shape).toEqual([0, 2, 3]);
});
