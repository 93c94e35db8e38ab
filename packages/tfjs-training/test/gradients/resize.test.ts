import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { numbers, relativeError } from "../compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

type Size = [number, number];

// Resizing is linear: the gradient of <w, resize(x)> at an element is exactly what a 1 there contributes.
function byDifferences(
  resize: (x: tf.Tensor4D) => tf.Tensor4D,
  shape: [number, number, number, number],
  w: Float32Array,
): number[] {
  const size = tf.util.sizeFromShape(shape);
  return Array.from({ length: size }, (_, at) => {
    const unit = new Float32Array(size);
    unit[at] = 1;
    const resized = tf.tidy(() => resize(tf.tensor4d(unit, shape)).dataSync<"float32">());
    return resized.reduce((sum, value, i) => sum + value * w[i], 0);
  });
}

describe.each(["cpu", "wasm"])("gradients of resized images on %s", (backend) => {
  const sizes: [Size, Size][] = [
    [
      [5, 4],
      [10, 12],
    ],
    [
      [9, 7],
      [4, 3],
    ],
    [
      [3, 8],
      [7, 2],
    ],
    [
      [1, 6],
      [3, 1],
    ],
    [
      [4, 4],
      [4, 4],
    ],
  ];
  const forms = [
    ["bilinear", false, false],
    ["bilinear", true, false],
    ["bilinear", false, true],
    ["nearestNeighbor", false, false],
    ["nearestNeighbor", true, false],
    ["nearestNeighbor", false, true],
  ] as const;
  it.each(forms)("%s, alignCorners %s, halfPixelCenters %s", async (form, corners, centers) => {
    await tf.setBackend(backend);
    const operation = form === "bilinear" ? tf.image.resizeBilinear : tf.image.resizeNearestNeighbor;
    for (const [from, to] of sizes) {
      const resize = (x: tf.Tensor4D) => operation(x, to, corners, centers);
      const shape: [number, number, number, number] = [2, ...from, 2];
      const w = numbers([2, ...to, 2], 5);
      const before = tf.memory().numTensors;
      const gradient = tf.tidy(() =>
        tf
          .grad((x) => tf.sum(tf.mul(resize(x as tf.Tensor4D), tf.tensor(w, [2, ...to, 2]))))(
            tf.tensor4d(numbers(shape, 3), shape),
          )
          .dataSync(),
      );
      expect(tf.memory().numTensors).toBe(before);
      expect(relativeError(gradient, byDifferences(resize, shape, w)), `${from} to ${to}`).toBeLessThan(1e-6);
    }
  });
});

it("an empty batch has an empty gradient", async () => {
  await tf.setBackend("wasm");
  const resized = (x: tf.Tensor) => tf.sum(tf.image.resizeBilinear(x as tf.Tensor4D, [4, 4]));
  expect(tf.tidy(() => tf.grad(resized)(tf.zeros([0, 3, 2, 1])).shape)).toEqual([0, 3, 2, 1]);
});
