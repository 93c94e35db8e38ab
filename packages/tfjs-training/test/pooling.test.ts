import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../src/core/errors.js";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak, numbers } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const cases: [number[], number | [number, number], number | [number, number], "valid" | "same" | number][] = [
  [[2, 8, 8, 3], 2, 2, "valid"],
  [[2, 8, 8, 3], 3, 2, "same"],
  [[2, 9, 7, 3], 3, 1, "same"],
  [[2, 9, 7, 3], [2, 3], [3, 1], "valid"],
  [[1, 6, 6, 2], 3, 2, 1],
];

describe("gradient of maxPool", () => {
  it.each(cases)("of %j, size %j, strides %j, pad %j", async (shape, size, strides, pad) => {
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, strides, pad);
    await expectAgreement([shape], pool);
    await expectAgreement([shape], (x) => pool(tf.sub(x, 2))); // every maximum negative
  });

  it("preserves the gradient of negative inputs", async () => {
    await tf.setBackend("wasm");
    const x = tf.sub(tf.randomUniform<tf.Rank.R4>([2, 8, 8, 3], 0, 1, "float32", 7), 2) as tf.Tensor4D;
    const gradient = tf.grad((y: tf.Tensor) => tf.sum(tf.maxPool(y as tf.Tensor4D, 2, 2, "valid")))(x);
    expect(tf.sum(gradient).dataSync()[0]).toBe(2 * 4 * 4 * 3);
  });

  it("gives the gradient of equal maxima to the first, like cpu", () =>
    expectAgreement(
      [[1, 4, 4, 1]],
      (x) => tf.maxPool(tf.mul(tf.round(x), -1) as tf.Tensor4D, 2, 2, "valid"),
      { gradients: false },
    ).then(async () => {
      const gradients: number[][] = [];
      for (const backend of ["cpu", "wasm"]) {
        await tf.setBackend(backend);
        const x = tf.zeros<tf.Rank.R4>([1, 4, 4, 1]);
        const gradient = tf.grad((y: tf.Tensor) => tf.sum(tf.maxPool(y as tf.Tensor4D, 2, 2, "valid")))(x);
        gradients.push(Array.from(gradient.dataSync()));
      }
      expect(gradients[1]).toEqual(gradients[0]);
    }));

  it("leaks no memory", () =>
    expectNoLeak([[2, 9, 9, 4]], (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, "same")));
});

describe("windows beyond the image", () => {
  const linear = (x: tf.Tensor, pool: (x: tf.Tensor) => tf.Tensor) => {
    const y = pool(x);
    const weights = tf.tensor(numbers(y.shape, 5), y.shape);
    const gradient = tf.grad((z: tf.Tensor) => tf.sum(tf.mul(pool(z), weights)))(x);
    // Pooling selects elements: their gradients are their weights.
    const inside = tf.where(tf.isFinite(y), y, tf.zerosLike(y));
    return [tf.sum(tf.mul(gradient, x)), tf.sum(tf.mul(inside, weights))].map((sum) => sum.dataSync()[0]);
  };

  it.each<[number | [number, number], number | [number, number], number, "ceil" | "round" | "floor"]>([
    [2, 2, 0, "ceil"],
    [1, [4, 2], 0, "ceil"],
    [1, 2, 2, "floor"],
    [[2, 3], [3, 2], 1, "round"],
  ])("size %j, strides %j, pad %j, %s", async (size, strides, pad, mode) => {
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, strides, pad, mode);
    await expectAgreement([[2, 9, 9, 5]], (x) => tf.maximum(pool(x), -9), { gradients: false });
    const [back, forth] = linear(tf.tensor(numbers([2, 9, 9, 5], 1), [2, 9, 9, 5]), pool);
    expect(Math.abs(back - forth)).toBeLessThan(1e-4);
  });

  it("of volumes, entirely in the padding", async () => {
    const pool = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, 1, 1, 2, "floor");
    await expectAgreement([[1, 3, 3, 3, 5]], (x) => tf.maximum(pool(x), -9), { gradients: false });
    const [back, forth] = linear(tf.tensor(numbers([1, 3, 3, 3, 5], 1), [1, 3, 3, 3, 5]), pool);
    expect(Math.abs(back - forth)).toBeLessThan(1e-4);
  });

  it("larger than the image are an error", async () => {
    await tf.setBackend("wasm");
    expect(() => tf.maxPool(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), 5, 1, "valid")).toThrow(InvalidArgumentError);
    expect(() =>
      tf.conv2d(tf.ones<tf.Rank.R4>([1, 2, 2, 1]), tf.ones<tf.Rank.R4>([5, 5, 1, 1]), 1, "valid"),
    ).toThrow(InvalidArgumentError);
  });
});
