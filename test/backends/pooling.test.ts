import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

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

  it("keeps the whole gradient of negative inputs", async () => {
    await tf.setBackend("wasm");
    const x = tf.sub(tf.randomUniform<tf.Rank.R4>([2, 8, 8, 3], 0, 1, "float32", 7), 2) as tf.Tensor4D;
    const gradient = tf.grad((y: tf.Tensor) => tf.sum(tf.maxPool(y as tf.Tensor4D, 2, 2, "valid")))(x);
    expect(tf.sum(gradient).dataSync()[0]).toBe(2 * 4 * 4 * 3);
  });

  it("gives the gradient of equal maxima to the first, as cpu does", () =>
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

  it("leaves nothing behind", () =>
    expectNoLeak([[2, 9, 9, 4]], (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, "same")));
});
