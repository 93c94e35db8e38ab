import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { ClippedPPOLoss, type KLEstimator } from "../../src/losses/clipped-ppo-loss.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const logs = (values: number[]) => tf.tensor1d(values.map(Math.log));

const number = (tensor: tf.Tensor) => tensor.dataSync()[0];

/** Largest difference between the gradient of a scalar and its central differences. */
function gradientError(loss: (x: tf.Tensor) => tf.Tensor, at: number[]): number {
  return tf.tidy(() => {
    const gradient = tf
      .grad((x: tf.Tensor) => loss(x))(tf.tensor1d(at))
      .dataSync();
    const value = (i: number, step: number) =>
      number(loss(tf.tensor1d(at.map((x, j) => (i === j ? x + step : x)))));
    return Math.max(...at.map((_, i) => Math.abs((value(i, 1e-2) - value(i, -1e-2)) / 2e-2 - gradient[i])));
  });
}

describe("ClippedPPOLoss", () => {
  it("reproduces the reference loss and monitors", () => {
    const result = new ClippedPPOLoss({ clipRange: 0.1 }).apply({
      logProb: logs([0.5, 0.2, 0.9, 0.1]),
      oldLogProb: logs([0.4, 0.4, 0.9, 0.2]),
      advantages: tf.tensor1d([1, -1, 0.5, -2]),
    });
    expect(number(result.loss)).toBeCloseTo(0.275, 6);
    expect(number(result.clipFraction)).toBeCloseTo(0.75, 6);
    expect(number(result.ratioDeviation)).toBeCloseTo(0.5, 6);
    const ratios = [1.25, 0.5, 1, 0.5];
    const k3 = ratios.reduce((sum, r) => sum + r - 1 - Math.log(r), 0) / 4;
    expect(number(result.approxKl)).toBeCloseTo(k3, 5);
  });

  it("rejects unknown options", () => {
    for (const clipRange of [0, -0.1, Number.NaN]) {
      expect(() => new ClippedPPOLoss({ clipRange })).toThrow(InvalidArgumentError);
    }
    expect(() => new ClippedPPOLoss({ klEstimator: "k4" as never })).toThrow(InvalidArgumentError);
  });

  it("estimates the divergence in three ways: labml's value is k2", () => {
    const estimate = (klEstimator: KLEstimator) =>
      number(
        new ClippedPPOLoss({ klEstimator }).apply({
          logProb: logs([0.5, 0.2, 0.9, 0.1]),
          oldLogProb: logs([0.4, 0.4, 0.9, 0.2]),
          advantages: tf.tensor1d([1, -1, 0.5, -2]),
        }).approxKl,
      );
    expect(estimate("k2")).toBeCloseTo(0.12633738, 6);
    expect(estimate("k1")).toBeCloseTo(-(Math.log(1.25) + 2 * Math.log(0.5)) / 4, 6);
  });

  it("has no gradient where the ratio is beyond the clip range in the direction of improvement", () => {
    const loss = new ClippedPPOLoss({ clipRange: 0.1 });
    const oldLogProb = logs([0.4, 0.4, 0.4, 0.4]);
    const advantages = tf.tensor1d([1, -1, 1, -1]);
    const gradient = tf.grad((logProb: tf.Tensor) => loss.apply({ logProb, oldLogProb, advantages }).loss);
    const g = gradient(logs([0.5, 0.3, 0.3, 0.5])).dataSync();
    expect(g[0]).toBeCloseTo(0, 7);
    expect(g[1]).toBeCloseTo(0, 7);
    expect(g[2]).toBeCloseTo(-0.75 / 4, 5);
    expect(g[3]).toBeCloseTo(1.25 / 4, 5);
  });

  it("ignores padded steps in loss, gradient and monitors", () => {
    const loss = new ClippedPPOLoss({ clipRange: 0.1 });
    const whole = {
      logProb: logs([0.5, 0.2]),
      oldLogProb: logs([0.4, 0.4]),
      advantages: tf.tensor1d([1, -1]),
    };
    const padded = {
      logProb: logs([0.5, 0.2, 0.9]),
      oldLogProb: logs([0.4, 0.4, 0.1]),
      advantages: tf.tensor1d([1, -1, 7]),
      mask: tf.tensor1d([1, 1, 0]),
    };
    for (const key of ["loss", "clipFraction", "approxKl", "ratioDeviation"] as const) {
      expect(number(loss.apply(padded)[key])).toBeCloseTo(number(loss.apply(whole)[key]), 6);
    }
    const g = tf
      .grad((logProb: tf.Tensor) => loss.apply({ ...padded, logProb }).loss)(padded.logProb)
      .dataSync();
    expect(g[2]).toBe(0);
  });

  it("is 0, and has no gradient, where only padding is", () => {
    const [x, mask] = [tf.tensor1d([0.1, 0.2]), tf.zeros([2])];
    const loss = (values: tf.Tensor) =>
      new ClippedPPOLoss().apply({ logProb: values, oldLogProb: x, advantages: x, mask }).loss;
    const { value, grad } = tf.valueAndGrad((values) => loss(values))(tf.tensor1d([1, 2]));
    expect(Math.abs(number(value))).toBe(0);
    expect([...grad.dataSync()].map(Math.abs)).toEqual([0, 0]);
  });

  it("leaves no tensors but those it returns", () => {
    const x = tf.tensor1d([0.1, 0.2]);
    const before = tf.memory().numTensors;
    tf.dispose({ ...new ClippedPPOLoss().apply({ logProb: x, oldLogProb: x, advantages: x }) });
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("has the gradient of finite differences", () => {
    const [oldLogProb, advantages] = [tf.tensor1d([-1, -0.7, -2, -1.2]), tf.tensor1d([1, -0.5, 2, -1])];
    const ppo = new ClippedPPOLoss({ clipRange: 0.3 });
    const loss = (logProb: tf.Tensor) => ppo.apply({ logProb, oldLogProb, advantages }).loss;
    expect(gradientError(loss, [-0.9, -0.6, -2.1, -0.4])).toBeLessThan(1e-3);
  });

  it("takes the clip range of a call before its own", () => {
    const input = { logProb: logs([0.6]), oldLogProb: logs([0.4]), advantages: tf.tensor1d([1]) };
    const loss = new ClippedPPOLoss({ clipRange: 0.1 });
    expect(number(loss.apply(input).loss)).toBeCloseTo(-1.1, 5);
    expect(number(loss.apply({ ...input, clipRange: 0.3 }).loss)).toBeCloseTo(-1.3, 5);
  });
});
