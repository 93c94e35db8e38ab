import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { applyComputed, computeGradients, readMetrics, SGD, useBackend } from "../../src/index.js";

beforeAll(async () => void (await useBackend("wasm")));

const made = () => ({
  w: tf.variable(tf.tensor1d([3, -4]), true, `w${Math.random()}`),
  unused: tf.variable(tf.tensor1d([7]), true, `u${Math.random()}`),
});

describe("Optimizer.minimize", () => {
  it("applies the loss's gradients and returns loss and gradient norm", async () => {
    const variables = made();
    const metrics = new SGD().minimize(
      () => tf.mul(tf.sum(tf.square(variables.w)), 0.5) as tf.Scalar,
      variables,
      { learningRate: 0.1 },
    );
    expect(await readMetrics(metrics)).toEqual({ loss: 12.5, gradNorm: 5 });
    const [first, second] = variables.w.dataSync();
    expect(first).toBeCloseTo(2.7, 6);
    expect(second).toBeCloseTo(-3.6, 6);
    expect([...variables.unused.dataSync()]).toEqual([7]);
  });

  it("clips the gradient and reports its norm before clipping", async () => {
    const variables = made();
    const metrics = new SGD().minimize(
      () => tf.mul(tf.sum(tf.square(variables.w)), 0.5) as tf.Scalar,
      variables,
      {
        learningRate: 1,
        maxGradNorm: 1,
      },
    );
    expect((await readMetrics(metrics)).gradNorm).toBe(5);
    expect(variables.w.dataSync()[0]).toBeCloseTo(3 - 3 / 5, 5);
  });

  it("returns the other tensors of the loss function's record", async () => {
    const variables = made();
    const metrics = new SGD().minimize(
      () => {
        const errors = tf.mul(variables.w, 2);
        return { loss: tf.sum(errors) as tf.Scalar, errors, sum: tf.sum(variables.w) as tf.Scalar };
      },
      variables,
      { learningRate: 0 },
    );
    const { loss, sum, errors } = await readMetrics(metrics);
    expect([loss, sum, [...errors]]).toEqual([-2, -1, [6, -8]]);
  });

  it("does not change frozen variables, and rejects a set of only frozen ones", () => {
    const variables = made();
    variables.w.trainable = false;
    const loss = () => tf.sum(tf.mul(variables.w, variables.unused)) as tf.Scalar;
    tf.dispose(new SGD().minimize(loss, variables, { learningRate: 1 }));
    expect([...variables.w.dataSync()]).toEqual([3, -4]);
    expect(variables.unused.dataSync()[0]).toBe(8);
    variables.unused.trainable = false;
    expect(() => new SGD().minimize(loss, variables, { learningRate: 1 })).toThrow(InvalidArgumentError);
  });

  it("does not change variables when a gradient is not finite", async () => {
    const variables = made();
    const metrics = new SGD().minimize(() => tf.sum(tf.div(variables.w, 0)) as tf.Scalar, variables, {
      learningRate: 1,
    });
    expect(Number.isFinite((await readMetrics(metrics)).gradNorm)).toBe(false);
    expect([...variables.w.dataSync()]).toEqual([3, -4]);
  });

  it("calls constrain after the step", () => {
    const variables = made();
    const constrain = () => variables.w.assign(tf.clipByValue(variables.w, -1, 1));
    const loss = () => tf.sum(variables.w) as tf.Scalar;
    tf.dispose(new SGD().minimize(loss, variables, { learningRate: 1, constrain }));
    expect([...variables.w.dataSync()]).toEqual([1, -1]);
  });

  it("leaks no tensors except its metrics, even when the optimizer throws", async () => {
    const variables = made();
    const optimizer = new SGD();
    const step = (learningRate: number) =>
      optimizer.minimize(
        () => ({ loss: tf.sum(variables.w) as tf.Scalar, w: tf.add(variables.w, 1) }),
        variables,
        {
          learningRate,
        },
      );
    tf.dispose(step(1));
    const before = tf.memory().numTensors;
    await readMetrics(step(1));
    expect(() => step(Number.NaN)).toThrow(InvalidArgumentError);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("leaks no tensors when the loss function or its gradient throws", () => {
    const variables = made();
    const loss = () => {
      const kept = tf.add(variables.w, 1);
      return { loss: tf.sum(tf.scalar(1)) as tf.Scalar, kept };
    };
    const before = tf.memory().numTensors;
    expect(() => new SGD().minimize(loss, variables, { learningRate: 1 })).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("computeGradients and applyComputed", () => {
  it("run the same step as minimize, or none if the caller decides so", async () => {
    const [once, twice] = [made(), made()];
    const loss = ({ w }: typeof once) => ({ loss: tf.sum(tf.square(w)) as tf.Scalar });
    tf.dispose(new SGD().minimize(() => loss(once), once, { learningRate: 0.1 }));
    const before = tf.memory().numTensors;
    const computed = computeGradients(() => loss(twice), twice);
    expect(await readMetrics(computed.metrics, { keep: true })).toEqual({ loss: 25 });
    expect([...twice.w.dataSync()]).toEqual([3, -4]);
    const step = applyComputed(new SGD(), computed, twice, { learningRate: 0.1 });
    expect(await readMetrics(step)).toEqual({ loss: 25, gradNorm: 10 });
    expect([...twice.w.dataSync()]).toEqual([...once.w.dataSync()]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
