import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import {
  AdaptiveKLCoefficient,
  Categorical,
  ClippedPPOLoss,
  ClippedValueLoss,
  explainedVariance,
  type KLEstimator,
  maskedMean,
  sampleCategorical,
  sampleDiagonalGaussian,
  sampleMultiCategorical,
  standardize,
} from "../../src/losses/index.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const logs = (values: number[]) => tf.tensor1d(values.map(Math.log));
const number = (tensor: tf.Tensor) => tensor.dataSync()[0];

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
});

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
});

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
});

describe("small estimators", () => {
  it("standardises as RLlib and as labml do", () => {
    const four = () => Float32Array.of(1, 2, 3, 4);
    expect(standardize(four(), { floor: 1e-4 })[3]).toBeCloseTo(1.34164079, 6);
    expect(standardize(four(), { floor: 1e-4 })[2]).toBeCloseTo(0.4472136, 6);
    expect(standardize(four(), { ddof: 1, epsilon: 1e-8 })[3]).toBeCloseTo(1.16189499, 6);
    expect(Array.from(standardize(Float32Array.of(5), { ddof: 1 }))).toEqual([0]);
    expect(Array.from(standardize(Float32Array.of(2, 2)))).toEqual([0, 0]);
  });

  it("explains variance", () => {
    expect(explainedVariance([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(explainedVariance([2, 2, 2], [1, 2, 3])).toBe(0);
    expect(explainedVariance([1, 2], [3, 3])).toBeNaN();
  });

  it("adapts the KL coefficient by RLlib's rule", () => {
    const kl = new AdaptiveKLCoefficient({ initial: 0.5, target: 0.01 });
    expect(kl.update(0.021)).toBeCloseTo(0.75);
    expect(kl.update(0.015)).toBeCloseTo(0.75);
    expect(kl.update(0.004)).toBeCloseTo(0.375);
    const copy = new AdaptiveKLCoefficient();
    copy.setState(kl.getState());
    expect(copy.value).toBe(kl.value);
    expect(() => new AdaptiveKLCoefficient({ target: 0 })).toThrow(/target/);
  });

  it("maskedMean averages over unmasked steps", () => {
    expect(number(maskedMean(tf.tensor1d([1, 2, 30]), tf.tensor1d([1, 1, 0])))).toBe(1.5);
    expect(number(maskedMean(tf.tensor1d([1, 2, 30])))).toBe(11);
  });

  it("losses are 0, with zero gradient, where everything is padding", () => {
    const [x, mask] = [tf.tensor1d([0.1, 0.2]), tf.zeros([2])];
    expect(number(maskedMean(x, mask))).toBe(0);
    const losses = [
      (values: tf.Tensor) => maskedMean(values, mask),
      (values: tf.Tensor) =>
        new ClippedPPOLoss().apply({ logProb: values, oldLogProb: x, advantages: x, mask }).loss,
      (values: tf.Tensor) => new ClippedValueLoss().apply({ values, oldValues: x, returns: x, mask }),
    ];
    for (const loss of losses) {
      const { value, grad } = tf.valueAndGrad((values) => loss(values))(tf.tensor1d([1, 2]));
      expect(Math.abs(value.dataSync()[0])).toBe(0);
      expect([...grad.dataSync()].map(Math.abs)).toEqual([0, 0]);
    }
  });

  it("frees its tensors", () => {
    const before = tf.memory().numTensors;
    const x = tf.tensor1d([0.1, 0.2]);
    tf.dispose({ ...new ClippedPPOLoss().apply({ logProb: x, oldLogProb: x, advantages: x }) });
    new ClippedValueLoss().apply({ values: x, oldValues: x, returns: x, mask: x }).dispose();
    x.dispose();
    expect(tf.memory().numTensors).toBe(before);
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

describe("sampling", () => {
  it("requires whole rows, and a generator", () => {
    const random = new Random(1);
    expect(() => sampleCategorical([0, 1, 2], { numActions: 3 })).toThrow(InvalidArgumentError);
    expect(() => sampleMultiCategorical([0, 1, 2], { nvec: [2, 1] })).toThrow(InvalidArgumentError);
    expect(() => sampleCategorical([0, 1, 2, 3], { numActions: 3, random })).toThrow(ShapeError);
    expect(() => sampleMultiCategorical([0, 1, 2, 3], { nvec: [2, 1], random })).toThrow(ShapeError);
    expect(() => sampleDiagonalGaussian([0, 1, 2], { actionSize: 1, random })).toThrow(ShapeError);
  });
});
