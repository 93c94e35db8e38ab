import { describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { GAE } from "../../src/losses/gae.js";

const close = (actual: ArrayLike<number>, expected: number[], digits = 6) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
};

describe("GAE", () => {
  it("reproduces labml's values", () => {
    const { advantages, returns } = new GAE({ gamma: 0.99, lambda: 0.95 }).compute({
      numEnvs: 2,
      numSteps: 4,
      rewards: [1, 0, 2, -1, 0, 0, 1, 0],
      values: [0.5, 0.4, 0.3, 0.2, 0, 1, 2, 3],
      lastValues: [0.1, 4],
      terminated: [0, 1, 0, 0, 0, 0, 0, 1],
    });
    close(advantages, [0.5198, -0.4, 0.8625095, -1.101, 1.158503977, 0.17916425, -0.8515, -3]);
    close(returns, [1.0198, 0, 1.1625095, -0.901, 1.158503977, 1.17916425, 1.1485, 0]);
  });

  it("equals the sum over all later TD errors, cut at episode ends", () => {
    const random = new Random(3);
    const numSteps = 40;
    const draw = () => Float64Array.from({ length: numSteps }, () => random.normal());
    const [rewards, values, finalValues] = [draw(), draw(), draw()];
    const terminated = Float64Array.from({ length: numSteps }, () => (random.uniform() < 0.1 ? 1 : 0));
    const truncated = terminated.map((ended) => (!ended && random.uniform() < 0.1 ? 1 : 0));
    const [gamma, lambda] = [0.97, 0.9];
    const { advantages } = new GAE({ gamma, lambda }).compute({
      numEnvs: 1,
      numSteps,
      rewards,
      values,
      lastValues: [0.7],
      terminated,
      truncated,
      finalValues,
    });
    const next = (t: number) => {
      if (terminated[t]) return 0;
      if (truncated[t]) return finalValues[t];
      return t + 1 < numSteps ? values[t + 1] : 0.7;
    };
    for (let t = 0; t < numSteps; t++) {
      let expected = 0;
      for (let l = t; l < numSteps; l++) {
        expected += (gamma * lambda) ** (l - t) * (rewards[l] + gamma * next(l) - values[l]);
        if (terminated[l] || truncated[l]) break;
      }
      expect(advantages[t]).toBeCloseTo(expected, 5);
    }
  });

  it("makes returns with λ = 1 the discounted sums, with λ = 0 the one-step targets", () => {
    const input = {
      numEnvs: 1,
      numSteps: 3,
      rewards: [1, 2, 3],
      values: [5, 6, 7],
      lastValues: [8],
      terminated: [0, 0, 0],
    };
    close(new GAE({ gamma: 0.5, lambda: 1 }).compute(input).returns, [1 + 1 + 0.75 + 1, 2 + 1.5 + 2, 3 + 4]);
    close(new GAE({ gamma: 0.5, lambda: 0 }).compute(input).returns, [1 + 3, 2 + 3.5, 3 + 4]);
  });

  it("bootstraps truncated episodes so that a continuing task keeps its value", () => {
    const gamma = 0.9;
    const endless = 1 / (1 - gamma);
    const constant = {
      numEnvs: 1,
      numSteps: 2,
      rewards: [1, 1],
      values: [endless, endless],
      lastValues: [endless],
    };
    const cut = new GAE({ gamma, lambda: 0.95 }).compute({
      ...constant,
      terminated: [0, 0],
      truncated: [0, 1],
      finalValues: [0, endless],
    });
    close(cut.advantages, [0, 0]);
    const ended = new GAE({ gamma, lambda: 0.95 }).compute({ ...constant, terminated: [0, 1] });
    expect(ended.returns[1]).toBeCloseTo(1, 6);
  });

  it("names invalid arguments", () => {
    expect(() => new GAE({ gamma: 1.5 })).toThrow(InvalidArgumentError);
    const input = {
      numEnvs: 1,
      numSteps: 2,
      rewards: [1],
      values: [1, 1],
      lastValues: [0],
      terminated: [0, 0],
    };
    expect(() => new GAE().compute(input)).toThrow(/rewards.*\[1 \* 2\].*\[1\]/);
    expect(() => new GAE().compute({ ...input, rewards: [1, 1], lastValues: [] })).toThrow(ShapeError);
  });
});
