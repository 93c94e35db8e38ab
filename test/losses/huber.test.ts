import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { huber } from "../../src/losses/huber.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(() => useBackend("wasm"));

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const near = (received: readonly number[], expected: readonly number[], digits = 5) => {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
};

describe("huber", () => {
  const errors = [-3, -1, -0.5, 0, 0.25, 1, 2.5];

  it.each([0.5, 1, 2, Number.POSITIVE_INFINITY])("is ½e² up to delta %f and a line beyond it", (delta) => {
    const expected = errors.map((e) => {
      const size = Math.abs(e);
      return size <= delta ? 0.5 * e * e : delta * (size - 0.5 * delta);
    });
    tf.tidy(() => near(values(huber(tf.tensor1d(errors), delta)), expected));
  });

  it("has the clipped error as its gradient", () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => tf.sum(huber(x, 1)))(tf.tensor1d(errors));
      near(values(gradient), [-1, -1, -0.5, 0, 0.25, 1, 1]);
    });
  });

  it("leaves no tensors but its result", () => {
    const errors = tf.tensor1d([1, -2]);
    const before = tf.memory().numTensors;
    huber(errors).dispose();
    huber(errors, Number.POSITIVE_INFINITY).dispose();
    expect(tf.memory().numTensors).toBe(before);
    errors.dispose();
  });
});
