import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

describe("gradients of conv3d", () => {
  it.each<[number[], number[], number | [number, number, number], "valid" | "same"]>([
    [[2, 3, 4, 5, 2], [2, 2, 2, 2, 3], 1, "valid"],
    [[2, 3, 3, 3, 2], [2, 2, 2, 2, 3], 1, "same"],
    [[1, 5, 4, 6, 3], [3, 2, 1, 3, 9], 2, "same"],
    [[1, 5, 4, 6, 1], [2, 3, 2, 1, 4], [1, 2, 3], "valid"],
  ])("of %j with %j, strides %j, %s", async (image, filter, strides, pad) => {
    const f = (x: tf.Tensor, k: tf.Tensor) => tf.conv3d(x as tf.Tensor5D, k as tf.Tensor5D, strides, pad);
    await expectAgreement([image, filter], f);
    await expectNoLeak([image, filter], f);
  });

  it("of a transposed convolution", async () => {
    const shapes = [
      [1, 2, 3, 2, 3],
      [2, 2, 2, 2, 3],
    ];
    await expectAgreement(
      shapes,
      (x, k) =>
        tf.conv3dTranspose(x as tf.Tensor5D, k as tf.Tensor5D, [1, 4, 6, 4, 2], 2, "same") as tf.Tensor,
      { gradients: false },
    );
  });
});

describe("max pooling of NaN", () => {
  const holes = [Number.NaN, 1, 5, -3, 2, Number.NaN, 4, 0, 7, 3, Number.NaN, 6];

  it.each([1, 5])("ignores NaN in three dimensions as in two, with %i channels", async (channels) => {
    await tf.setBackend("wasm");
    tf.tidy(() => {
      const image = tf.tile(tf.tensor4d(holes, [1, 3, 4, 1]), [1, 1, 1, channels]);
      const flat = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 1, "valid");
      const deep = (x: tf.Tensor) => tf.maxPool3d(x as tf.Tensor5D, [1, 2, 2], 1, "valid");
      expect(Array.from(deep(tf.expandDims(image)).dataSync())).toEqual(Array.from(flat(image).dataSync()));
      expect(deep(tf.expandDims(image)).dataSync()).not.toContain(Number.NaN);
      // The gradient goes to the numbers that were the largest.
      const gradient = tf.grad(deep)(tf.expandDims(image)).dataSync();
      expect(Array.from(gradient)).toEqual(Array.from(tf.grad(flat)(image).dataSync()));
      holes.forEach((value, i) => {
        if (Number.isNaN(value)) expect(gradient[i * channels]).toBe(0);
      });
    });
  });
});
