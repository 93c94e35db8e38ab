import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { ClippedValueLoss, valueClipKinds } from "../../src/losses/clipped-value-loss.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

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

describe("ClippedValueLoss", () => {
  const values = tf.tensor1d([1, 2, 3]);
  const oldValues = tf.tensor1d([1.05, 1.5, 3.3]);
  const returns = tf.tensor1d([0, 2.5, 3]);

  it("clips the change of the value: reference value", () => {
    const loss = new ClippedValueLoss({ clipRange: 0.1 }).apply({ values, oldValues, returns });
    expect(number(loss)).toBeCloseTo(0.30833333, 6);
  });

  it("clips the squared error, without gradient beyond the root of the range", () => {
    const loss = new ClippedValueLoss({ kind: "squared-error", clipRange: 10 });
    const far = { values: tf.tensor1d([0, 0]), returns: tf.tensor1d([5, 2]) };
    expect(number(loss.apply(far))).toBeCloseTo((10 + 4) / 2, 6);
    const g = tf
      .grad((v: tf.Tensor) => loss.apply({ ...far, values: v }))(far.values)
      .dataSync();
    expect(g[0]).toBeCloseTo(0, 9);
    expect(g[1]).toBeCloseTo(-2, 6);
  });

  it("is half the mean squared error without a clip", () => {
    expect(number(new ClippedValueLoss({ kind: "none" }).apply({ values, returns }))).toBeCloseTo(
      1.25 / 6,
      6,
    );
  });

  it("names missing and unknown options", () => {
    expect(() => new ClippedValueLoss().apply({ values, returns })).toThrow(/oldValues/);
    expect(() => new ClippedValueLoss({ kind: "other" as "none" })).toThrow(InvalidArgumentError);
    expect(() => new ClippedValueLoss({ clipRange: 0 })).toThrow(/clipRange/);
  });

  it("is 0, and has no gradient, where only padding is", () => {
    const [x, mask] = [tf.tensor1d([0.1, 0.2]), tf.zeros([2])];
    const loss = (values: tf.Tensor) =>
      new ClippedValueLoss().apply({ values, oldValues: x, returns: x, mask });
    const { value, grad } = tf.valueAndGrad((values) => loss(values))(tf.tensor1d([1, 2]));
    expect(Math.abs(number(value))).toBe(0);
    expect([...grad.dataSync()].map(Math.abs)).toEqual([0, 0]);
  });

  it("leaves no tensors but those it returns", () => {
    const x = tf.tensor1d([0.1, 0.2]);
    const before = tf.memory().numTensors;
    tf.dispose(new ClippedValueLoss().apply({ values: x, oldValues: x, returns: x, mask: x }));
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("clips the new value to the range of the old one, without gradient outside (SB3)", () => {
    const loss = new ClippedValueLoss({ kind: "clipped-value", clipRange: 0.2, scale: 1 });
    const input = { oldValues: tf.tensor1d([1, 1]), returns: tf.tensor1d([2, 2]) };
    const of = (x: tf.Tensor) => loss.apply({ ...input, values: x });
    expect(number(of(tf.tensor1d([1.1, 1.5])))).toBeCloseTo((0.9 ** 2 + 0.8 ** 2) / 2, 5);
    const gradient = tf
      .grad((x: tf.Tensor) => of(x))(tf.tensor1d([1.1, 1.5]))
      .dataSync();
    expect(gradient[0]).toBeCloseTo(-0.9, 5);
    expect(gradient[1]).toBeCloseTo(0, 9);
  });

  it.each(valueClipKinds)("has the gradient of finite differences: %s", (kind) => {
    const loss = new ClippedValueLoss({ kind, clipRange: kind === "squared-error" ? 4 : 0.5 });
    const input = { oldValues: tf.tensor1d([0.2, 1, -1, 3]), returns: tf.tensor1d([0, 2.5, 1.5, -1]) };
    const of = (values: tf.Tensor) => loss.apply({ ...input, values });
    expect(gradientError(of, [0.4, 1.2, 0.3, 2.7])).toBeLessThan(1e-3);
  });
});
