import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { beforeAll, expect, it } from "vitest";
import { maskedMean } from "../../src/losses/masked-mean.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const number = (tensor: tf.Tensor) => tensor.dataSync()[0];

it("maskedMean averages over unmasked steps", () => {
  expect(number(maskedMean(tf.tensor1d([1, 2, 30]), tf.tensor1d([1, 1, 0])))).toBe(1.5);
  expect(number(maskedMean(tf.tensor1d([1, 2, 30])))).toBe(11);
});

it("has the mask over its sum as gradient", () => {
  const mask = tf.tensor2d([
    [1, 0],
    [1, 1],
  ]);
  const gradient = tf.grad((x: tf.Tensor) => maskedMean(x, mask))(
    tf.tensor2d([
      [1, 2],
      [3, 4],
    ]),
  );
  [1 / 3, 0, 1 / 3, 1 / 3].forEach((expected, i) => {
    expect(gradient.dataSync()[i]).toBeCloseTo(expected, 6);
  });
});

it("is 0, and has no gradient, where nothing counts", () => {
  const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => maskedMean(x, tf.zeros([2])))(
    tf.tensor1d([1, 2]),
  );
  expect([number(value), ...grad.dataSync()].map(Math.abs)).toEqual([0, 0, 0]);
});

it("leaves no tensors but the mean", () => {
  const [x, mask] = [tf.tensor1d([1, 2]), tf.tensor1d([1, 0])];
  const before = tf.memory().numTensors;
  maskedMean(x, mask).dispose();
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([x, mask]);
});
