import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers";
import { Random } from "../../src/core/random.js";
import { ClippedPPOLoss, DiagonalGaussian, sampleDiagonalGaussian } from "../../src/losses/index.js";

let tensors = 0;
beforeEach(async () => {
  await tf.setBackend("cpu");
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

const mean = [0.3, -1.2, 2, 0];
const logStd = [0.1, -0.7, 0, 1.3];
const actions = [0.5, -1, 1.5, -2];

// ln N(x; μ, σ²), directly from its density.
const density = (x: number, mu: number, ls: number) =>
  Math.log(Math.exp(-((x - mu) ** 2) / (2 * Math.exp(2 * ls))) / (Math.exp(ls) * Math.sqrt(2 * Math.PI)));
// KL(N₁ ‖ N₂) and entropy by quadrature over ±12 deviations.
function integrate(f: (x: number) => number, mu: number, ls: number): number {
  const [n, width] = [20_000, 24 * Math.exp(ls)];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(mu - width / 2 + ((i + 0.5) * width) / n);
  return (sum * width) / n;
}
const divergence = (m1: number, s1: number, m2: number, s2: number) =>
  integrate((x) => Math.exp(density(x, m1, s1)) * (density(x, m1, s1) - density(x, m2, s2)), m1, s1);

describe("DiagonalGaussian", () => {
  it("has the log-density of its formula, summed over components", () => {
    tf.tidy(() => {
      const policy = new DiagonalGaussian(tf.tensor2d(mean, [2, 2]), tf.tensor2d(logStd, [2, 2]));
      const values = policy.logProb(tf.tensor2d(actions, [2, 2])).dataSync();
      for (const row of [0, 1]) {
        const expected = [0, 1].reduce(
          (sum, k) => sum + density(actions[2 * row + k], mean[2 * row + k], logStd[2 * row + k]),
          0,
        );
        expect(values[row]).toBeCloseTo(expected, 5);
      }
    });
  });

  it("has the entropy and the divergence computed by integration", () => {
    tf.tidy(() => {
      const policy = new DiagonalGaussian(tf.tensor2d([mean]), tf.tensor2d([logStd]));
      const entropy = logStd.reduce(
        (sum, ls, i) =>
          sum - integrate((x) => Math.exp(density(x, mean[i], ls)) * density(x, mean[i], ls), mean[i], ls),
        0,
      );
      expect(policy.entropy().dataSync()[0]).toBeCloseTo(entropy, 4);
      const [otherMean, otherLogStd] = [actions, [0.4, -0.5, 0.3, 1]];
      const other = new DiagonalGaussian(tf.tensor2d([otherMean]), tf.tensor2d([otherLogStd]));
      const kl = mean.reduce(
        (sum, mu, i) => sum + divergence(mu, logStd[i], otherMean[i], otherLogStd[i]),
        0,
      );
      expect(policy.kl(other).dataSync()[0]).toBeCloseTo(kl, 4);
      expect(policy.kl(policy).dataSync()[0]).toBeCloseTo(0, 6);
      expect(other.kl(policy).dataSync()[0]).not.toBeCloseTo(kl, 2);
    });
  });

  it("broadcasts one log standard deviation over the batch; the mode is the mean", () => {
    tf.tidy(() => {
      const means = tf.tensor3d([1, 2, 3, 4, 5, 6], [1, 3, 2]);
      const one = new DiagonalGaussian(means, tf.tensor1d([0.5, -0.5]));
      const each = new DiagonalGaussian(means, tf.tensor3d([0.5, -0.5, 0.5, -0.5, 0.5, -0.5], [1, 3, 2]));
      expect(Array.from(one.logProb(tf.zerosLike(means)).dataSync())).toEqual(
        Array.from(each.logProb(tf.zerosLike(means)).dataSync()),
      );
      expect(one.entropy().shape).toEqual([1, 3]);
      expect(Array.from(one.mode().dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
    });
  });

  it("has the gradients of the closed forms", () => {
    const at = (f: (policy: DiagonalGaussian) => tf.Tensor) => {
      const [dMean, dLogStd] = tf.grads((m: tf.Tensor, ls: tf.Tensor) =>
        tf.sum(f(new DiagonalGaussian(m, ls))),
      )([tf.tensor1d(mean), tf.tensor1d(logStd)]);
      return { dMean: dMean.dataSync(), dLogStd: dLogStd.dataSync() };
    };
    tf.tidy(() => {
      const logProb = at((policy) => policy.logProb(tf.tensor1d(actions)));
      const otherLogStd = [0.4, -0.5, 0.3, 1];
      const forward = at((policy) =>
        policy.kl(new DiagonalGaussian(tf.tensor1d(actions), tf.tensor1d(otherLogStd))),
      );
      const backward = at((policy) =>
        new DiagonalGaussian(tf.tensor1d(actions), tf.tensor1d(otherLogStd)).kl(policy),
      );
      mean.forEach((mu, i) => {
        const [v1, v2] = [Math.exp(2 * logStd[i]), Math.exp(2 * otherLogStd[i])];
        const gap = mu - actions[i];
        expect(logProb.dMean[i]).toBeCloseTo(-gap / v1, 5);
        expect(logProb.dLogStd[i]).toBeCloseTo((gap * gap) / v1 - 1, 4);
        expect(forward.dMean[i]).toBeCloseTo(gap / v2, 5);
        expect(forward.dLogStd[i]).toBeCloseTo(v1 / v2 - 1, 4);
        expect(backward.dMean[i]).toBeCloseTo(gap / v1, 5);
        expect(backward.dLogStd[i]).toBeCloseTo(1 - (v2 + gap * gap) / v1, 4);
      });
      const entropy = tf.grad((ls: tf.Tensor) =>
        tf.sum(new DiagonalGaussian(tf.tensor1d(mean), ls).entropy()),
      );
      expect(Array.from(entropy(tf.tensor1d(logStd)).dataSync())).toEqual([1, 1, 1, 1]);
    });
  });

  it("has a gradient for a log standard deviation that all rows share", () => {
    tf.tidy(() => {
      const gradient = tf.grad((ls: tf.Tensor) =>
        tf.sum(new DiagonalGaussian(tf.tensor2d(mean, [4, 1]), ls).logProb(tf.tensor2d(actions, [4, 1]))),
      )(tf.tensor1d([0.2]));
      const expected = mean.reduce((sum, mu, i) => sum + (actions[i] - mu) ** 2 / Math.exp(0.4) - 1, 0);
      expect(gradient.dataSync()[0]).toBeCloseTo(expected, 4);
    });
  });

  it("stays finite for deviations from 1e-8 to 1e8", () => {
    tf.tidy(() => {
      for (const extreme of [-18, 18]) {
        const policy = new DiagonalGaussian(tf.tensor1d([1]), tf.tensor1d([extreme]));
        expect(policy.logProb(tf.tensor1d([1])).dataSync()[0]).toBeCloseTo(
          -extreme - Math.log(2 * Math.PI) / 2,
          4,
        );
        expect(policy.entropy().dataSync()[0]).toBeCloseTo(extreme + 0.5 + Math.log(2 * Math.PI) / 2, 4);
      }
    });
  });

  it("works with the clipped surrogate: ratio 1 where nothing changed", () => {
    tf.tidy(() => {
      const parameters = [...mean, ...logStd];
      const sample = sampleDiagonalGaussian(parameters, { actionSize: 4, random: new Random(1) });
      const policy = DiagonalGaussian.fromParameters(tf.tensor2d([parameters]));
      const { ratioDeviation, loss } = new ClippedPPOLoss().apply({
        logProb: policy.logProb(tf.tensor2d([Array.from(sample.actions)])),
        oldLogProb: tf.tensor1d(sample.logProbs),
        advantages: tf.tensor1d([2]),
      });
      expect(ratioDeviation.dataSync()[0]).toBeLessThan(1e-5);
      expect(loss.dataSync()[0]).toBeCloseTo(-2, 4);
      expect(() => DiagonalGaussian.fromParameters(tf.zeros([2, 3]))).toThrow(/parameters.*\[\.\.\., 2 n\]/);
    });
  });
});

describe("sampleDiagonalGaussian", () => {
  it("samples independent components with the given means and standard deviations", () => {
    const rows = 40_000;
    const parameters = Array.from({ length: rows }, () => [1, -2, Math.log(0.5), Math.log(3)]).flat();
    const { actions: drawn } = sampleDiagonalGaussian(parameters, { actionSize: 2, random: new Random(0) });
    const scores = Array.from(drawn, (x, i) => (i % 2 === 0 ? (x - 1) / 0.5 : (x + 2) / 3));
    const average = (f: (row: number) => number) =>
      Array.from({ length: rows }, (_, row) => f(row)).reduce((sum, x) => sum + x, 0) / rows;
    for (const k of [0, 1]) {
      expect(Math.abs(average((row) => scores[2 * row + k]))).toBeLessThan(0.02);
      expect(average((row) => scores[2 * row + k] ** 2)).toBeCloseTo(1, 1);
      expect(average((row) => scores[2 * row + k] ** 4)).toBeCloseTo(3, 0);
    }
    expect(Math.abs(average((row) => scores[2 * row] * scores[2 * row + 1]))).toBeLessThan(0.02);
  });

  it("returns the log-density of the sample; takes the mean when deterministic; is reproducible from a seed", () => {
    const parameters = [0.5, -1, 0.2, -0.3, 7, 8, 0, 1];
    const draw = (seed: number) =>
      sampleDiagonalGaussian(parameters, { actionSize: 2, random: new Random(seed) });
    const { actions: drawn, logProbs } = draw(4);
    expect(logProbs[1]).toBeCloseTo(density(drawn[2], 7, 0) + density(drawn[3], 8, 1), 5);
    expect(draw(4).actions).toEqual(drawn);
    expect(draw(5).actions).not.toEqual(drawn);
    const sure = sampleDiagonalGaussian(parameters, { actionSize: 2, deterministic: true });
    expect([...sure.actions]).toEqual([0.5, -1, 7, 8]);
    expect(() => sampleDiagonalGaussian(parameters, { actionSize: 2 })).toThrow(
      /random: expected a generator/,
    );
  });
});
