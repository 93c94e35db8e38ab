import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { tdTargets } from "../../src/losses/td-targets.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(() => useBackend("wasm"));

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
const near = (received: readonly number[], expected: readonly number[], digits = 5) => {
  expect(received).toHaveLength(expected.length);
  received.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
};

describe("tdTargets", () => {
  const q = [
    [1, 5, 2],
    [0, -1, 3],
    [9, 9, 9],
  ];
  const online = [
    [7, 0, 1],
    [0, 2, 1],
    [0, 0, 1],
  ];
  const [rewards, discounts] = [
    [1, 2, 3],
    [0.9, 0.81, 0],
  ];

  it("uses the best action, or evaluates the one that the trained network prefers", () => {
    tf.tidy(() => {
      const input = {
        rewards: tf.tensor1d(rewards),
        discounts: tf.tensor1d(discounts),
        targetQ: tf.tensor2d(q),
      };
      near(values(tdTargets(input)), [1 + 0.9 * 5, 2 + 0.81 * 3, 3]);
      const onlineQ = tf.tensor2d(online);
      near(values(tdTargets({ ...input, onlineQ })), [1 + 0.9 * 1, 2 - 0.81, 3]);
    });
  });

  it("names arguments with wrong shapes", () => {
    tf.tidy(() => {
      const input = { rewards: tf.zeros([2]), discounts: tf.zeros([3]), targetQ: tf.zeros([3, 2]) };
      expect(() => tdTargets(input as never)).toThrow(/rewards/);
    });
  });

  it("refuses values of the trained network for other actions", () => {
    tf.tidy(() => {
      const input = { rewards: tf.zeros([3]), discounts: tf.zeros([3]), targetQ: tf.zeros([3, 2]) };
      expect(() => tdTargets({ ...input, onlineQ: tf.zeros([3, 4]) } as never)).toThrow(/onlineQ.*\[3, 2\]/);
    });
  });

  it("leaves no tensors but the targets", () => {
    const [rewards, discounts, targetQ] = [tf.tensor1d([1]), tf.tensor1d([1]), tf.tensor2d([[1, 2]])];
    const before = tf.memory().numTensors;
    tdTargets({ rewards, discounts, targetQ, onlineQ: targetQ }).dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([rewards, discounts, targetQ]);
  });
});
