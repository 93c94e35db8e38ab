import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers the gradients
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { Categorical } from "../../src/losses/categorical.js";
import { MultiCategorical, sampleMultiCategorical } from "../../src/losses/multi-categorical.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const logits = [0.1, 2, -1, 0.7, -0.2, 1, 1, 1, -3, 3];
const probabilities = (values: number[]) => {
  const total = values.reduce((sum, x) => sum + Math.exp(x), 0);
  return values.map((x) => Math.exp(x) / total);
};

describe("MultiCategorical", () => {
  it("equals the categorical distribution over all joint choices", () => {
    tf.tidy(() => {
      const joint = (row: number[]) => {
        const [p, q] = [probabilities(row.slice(0, 3)), probabilities(row.slice(3))];
        return p.flatMap((a) => q.map((b) => a * b));
      };
      const [table, other] = [joint(logits.slice(0, 5)), joint(logits.slice(5))];
      const policy = new MultiCategorical(tf.tensor2d([logits.slice(0, 5)]), [3, 2]);
      const second = new MultiCategorical(tf.tensor2d([logits.slice(5)]), [3, 2]);
      for (const [a, b] of [
        [0, 0],
        [1, 1],
        [2, 0],
      ]) {
        const value = policy.logProb(tf.tensor2d([[a, b]], [1, 2], "int32")).dataSync()[0];
        expect(value).toBeCloseTo(Math.log(table[2 * a + b]), 5);
      }
      expect(policy.entropy().dataSync()[0]).toBeCloseTo(
        -table.reduce((sum, p) => sum + p * Math.log(p), 0),
        5,
      );
      expect(policy.kl(second).dataSync()[0]).toBeCloseTo(
        table.reduce((sum, p, i) => sum + p * Math.log(p / other[i]), 0),
        5,
      );
      expect(Array.from(policy.mode().dataSync())).toEqual([1, 0]);
      expect(() => new MultiCategorical(tf.zeros([1, 4]), [3, 2])).toThrow(/logits.*5/);
    });
  });

  it("has the gradient of its choices: one-hot minus probabilities", () => {
    tf.tidy(() => {
      const row = logits.slice(0, 5);
      const gradient = tf.grad((x: tf.Tensor) =>
        tf.sum(new MultiCategorical(x, [3, 2]).logProb(tf.tensor2d([[2, 1]], [1, 2], "int32"))),
      )(tf.tensor2d([row]));
      const expected = [...probabilities(row.slice(0, 3)), ...probabilities(row.slice(3))];
      gradient.dataSync().forEach((value, i) => {
        expect(value).toBeCloseTo((i === 2 || i === 4 ? 1 : 0) - expected[i], 5);
      });
    });
  });

  it("has a gradient when there is only one choice", () => {
    const logits = tf.tensor2d([[0.5, -1, 2]]);
    const of = (make: (x: tf.Tensor) => tf.Tensor) =>
      Array.from(
        tf
          .grad((x) => tf.sum(make(x)))(logits)
          .dataSync(),
      );
    const joint = of((x) => new MultiCategorical(x, [3]).logProb(tf.tensor2d([[1]], [1, 1], "int32")));
    expect(joint).toEqual(of((x) => new Categorical(x).logProb(tf.tensor1d([1], "int32"))));
  });

  it("samples each choice with its own probabilities", () => {
    const row = logits.slice(0, 5);
    const rows = 20_000;
    const { actions, logProbs } = sampleMultiCategorical(Array.from({ length: rows }, () => row).flat(), {
      nvec: [3, 2],
      random: new Random(0),
    });
    const share = (k: number, value: number) =>
      actions.filter((action, i) => i % 2 === k && action === value).length / rows;
    probabilities(row.slice(0, 3)).forEach((p, value) => {
      expect(share(0, value)).toBeCloseTo(p, 1.5);
    });
    probabilities(row.slice(3)).forEach((p, value) => {
      expect(share(1, value)).toBeCloseTo(p, 1.5);
    });
    const [p, q] = [probabilities(row.slice(0, 3)), probabilities(row.slice(3))];
    expect(logProbs[7]).toBeCloseTo(Math.log(p[actions[14]] * q[actions[15]]), 5);
  });

  it("requires whole rows, and a generator", () => {
    expect(() => sampleMultiCategorical([0, 1, 2], { nvec: [2, 1] })).toThrow(InvalidArgumentError);
    const random = new Random(1);
    expect(() => sampleMultiCategorical([0, 1, 2, 3], { nvec: [2, 1], random })).toThrow(ShapeError);
  });
});
