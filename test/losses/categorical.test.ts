import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { Categorical, sampleCategorical } from "../../src/losses/categorical.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const number = (tensor: tf.Tensor) => tensor.dataSync()[0];

describe("Categorical", () => {
  const logits = tf.tensor2d([[1, 2, 3, 0]]);

  it("reproduces the reference entropy and divergence", () => {
    const policy = new Categorical(logits);
    expect(number(policy.entropy())).toBeCloseTo(0.947537, 5);
    expect(number(policy.kl(new Categorical(tf.tensor2d([[1, 1, 1, 1]]))))).toBeCloseTo(0.438757, 5);
    expect(number(new Categorical(tf.tensor2d([[5, 5, 5]])).entropy())).toBeCloseTo(Math.log(3), 6);
    expect(number(policy.mode())).toBe(2);
  });

  it("stays finite for huge logits", () => {
    const policy = new Categorical(tf.tensor2d([[1e4, -1e4]]));
    expect(number(policy.logProb(tf.tensor1d([0], "int32")))).toBe(0);
    expect(number(policy.entropy())).toBeCloseTo(0, 9);
  });

  it("differentiates the log-probability to one-hot minus probabilities", () => {
    const g = tf
      .grad((x: tf.Tensor) => tf.sum(new Categorical(x).logProb(tf.tensor1d([1], "int32"))))(logits)
      .dataSync();
    const exps = [1, 2, 3, 0].map(Math.exp);
    const total = exps.reduce((a, b) => a + b);
    exps.forEach((e, i) => {
      expect(g[i]).toBeCloseTo((i === 1 ? 1 : 0) - e / total, 5);
    });
  });

  it("samples in proportion (chi-squared) with matching log-probabilities", () => {
    const random = new Random(5);
    const row = [0.1, -0.5, 1];
    const n = 20_000;
    const { actions, logProbs } = sampleCategorical(
      Float32Array.from({ length: 3 * n }, (_, i) => row[i % 3]),
      {
        numActions: 3,
        random,
      },
    );
    const weights = row.map(Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const counts = [0, 0, 0];
    actions.forEach((a, i) => {
      counts[a]++;
      expect(logProbs[i]).toBeCloseTo(Math.log(weights[a] / total), 5);
    });
    const chi2 = counts.reduce(
      (sum, c, a) => sum + (c - (n * weights[a]) / total) ** 2 / ((n * weights[a]) / total),
      0,
    );
    expect(chi2).toBeLessThan(13.8); // 0.1 % point of two degrees of freedom
    expect(sampleCategorical([0, 3, 1], { numActions: 3, deterministic: true }).actions[0]).toBe(1);
  });

  it("leaves no tensors but those it returns", () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const policy = new Categorical(logits);
      const held = tf.memory().numTensors;
      policy.entropy().dispose();
      policy.kl(policy).dispose();
      policy.mode().dispose();
      expect(tf.memory().numTensors).toBe(held);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it("requires whole rows, and a generator", () => {
    expect(() => sampleCategorical([0, 1, 2], { numActions: 3 })).toThrow(InvalidArgumentError);
    expect(() => sampleCategorical([0, 1, 2, 3], { numActions: 3, random: new Random(1) })).toThrow(
      ShapeError,
    );
  });

  it("never draws an action with the logit -Infinity", () => {
    const row = [0, Number.NEGATIVE_INFINITY, 1];
    const many = Array.from({ length: 500 }, () => row).flat();
    const { actions, logProbs } = sampleCategorical(many, { numActions: 3, random: new Random(2) });
    expect(new Set(actions)).toEqual(new Set([0, 2]));
    expect(logProbs.every(Number.isFinite)).toBe(true);
  });
});

describe.each(["cpu", "wasm"] as const)("impossible actions on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it("do not change the results of the others, including gradients", () => {
    const possible = tf.tensor2d([[0.3, -1, 2]]);
    const other = tf.tensor2d([[1, 0, 0.5]]);
    const never = (x: tf.Tensor) => tf.concat([x, tf.fill([1, 1], Number.NEGATIVE_INFINITY)], 1);
    const actions = tf.tensor1d([2], "int32");
    const looks: ((logits: tf.Tensor, widen: (x: tf.Tensor) => tf.Tensor) => tf.Tensor)[] = [
      (logits, widen) => new Categorical(widen(logits)).logProb(actions),
      (logits, widen) => new Categorical(widen(logits)).entropy(),
      (logits, widen) => new Categorical(widen(logits)).kl(new Categorical(widen(other))),
      (logits, widen) => new Categorical(widen(other)).kl(new Categorical(widen(logits))),
    ];
    for (const look of looks) {
      const [plain, masked] = [(x: tf.Tensor) => x, never].map((widen) => [
        ...look(possible, widen).dataSync(),
        ...tf
          .grad((x) => tf.sum(look(x, widen)))(possible)
          .dataSync(),
      ]);
      masked.forEach((value, i) => {
        expect(value).toBeCloseTo(plain[i], 6);
      });
    }
  });

  it("do not hide NaN logits", () => {
    const policy = new Categorical(tf.tensor2d([[0, Number.NaN, 1]]));
    expect(number(policy.entropy())).toBeNaN();
    expect(number(policy.logProb(tf.tensor1d([0], "int32")))).toBeNaN();
  });
});
