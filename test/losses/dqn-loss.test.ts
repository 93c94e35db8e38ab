import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { DQNLoss, huber } from "../../src/losses/index.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(() => useBackend("wasm"));

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const near = (received: readonly number[], expected: readonly number[], digits = 5) => {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
};

describe("DQNLoss", () => {
  const q = [
    [0.5, 2, -1],
    [1, 0, 0],
  ];
  const input = () => ({
    q: tf.tensor2d(q),
    actions: tf.tensor1d([1, 0], "int32"),
    targets: tf.tensor1d([2.4, -2]),
  });

  it("is the mean over the taken actions, with a gradient for those only", () => {
    tf.tidy(() => {
      const { loss, tdErrors } = new DQNLoss().apply(input());
      near(values(tdErrors), [0.4, -3]);
      near(values(loss), [(0.08 + 2.5) / 2]);
      const gradient = tf.grad((x) => new DQNLoss().apply({ ...input(), q: x as tf.Tensor2D }).loss)(
        input().q,
      );
      near(values(gradient), [0, -0.4 / 2, 0, 1 / 2, 0, 0]);
    });
  });

  it("weights transitions, and divides by all actions as Keras does", () => {
    tf.tidy(() => {
      const weights = tf.tensor1d([1, 0.5]);
      near(values(new DQNLoss().apply({ ...input(), weights }).loss), [(0.08 + 1.25) / 2]);
      // Keras: Huber() on rows in which only the taken action differs from the prediction.
      const rows = tf.tensor2d([
        [0.5, 2.4, -1],
        [-2, 0, 0],
      ]);
      const keras = tf.mean(tf.mean(huber(tf.sub(rows, input().q)), -1));
      near(values(new DQNLoss({ mean: "all" }).apply(input()).loss), values(keras));
    });
  });

  it("is half the squared error without delta, and names invalid options", () => {
    tf.tidy(() => {
      const squared = new DQNLoss({ delta: null });
      near(values(squared.apply(input()).loss), [(0.08 + 4.5) / 2]);
    });
    expect(() => new DQNLoss({ delta: 0 })).toThrow(/delta/);
    expect(() => new DQNLoss({ mean: "sum" as never })).toThrow(/mean/);
  });

  it("leaks no tensors", () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      new DQNLoss().apply(input());
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
