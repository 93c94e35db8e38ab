import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { type DQNOptions, dqnDefaults, resolveDQNOptions } from "../../../src/trainers/dqn/dqn-options.js";

const resolve = (options: object = {}) => resolveDQNOptions({ env: "CartPole-v1", ...options } as DQNOptions);

describe("resolveDQNOptions", () => {
  it("fills in defaults without changing them, and leaves out what is undefined", () => {
    expect(resolve({ gamma: undefined }).hyperparameters).toEqual(dqnDefaults);
    expect(resolve({ gamma: 0.5 }).hyperparameters.gamma).toBe(0.5);
    expect(dqnDefaults.gamma).toBe(0.99);
  });

  it("makes schedules of progress, and of steps for exploration", () => {
    const { schedules } = resolve({
      learningRate: "lin_1e-2",
      exploration: { kind: "constant", value: 0.3 },
    });
    expect([0, 0.5, 1].map((progress) => schedules.learningRate.value(progress))).toEqual([0.01, 0.005, 0]);
    expect(schedules.exploration?.value(12_345)).toBe(0.3);
    expect(resolve().schedules.exploration).toBeUndefined();
    expect([0, 1].map((progress) => resolve().schedules.beta.value(progress))).toEqual([0.4, 1]);
  });

  it.each<[object, RegExp]>([
    [{ capacity: 0 }, /capacity: expected a positive integer, received 0/],
    [{ gamma: 1.1 }, /gamma: expected a number in 0\.\.1/],
    [{ tau: 0 }, /tau: expected a number above 0/],
    [{ learningStarts: -1 }, /learningStarts: expected an integer from 0 on/],
    [{ gradientSteps: -2 }, /gradientSteps: expected a positive integer or -1/],
    [{ maxGradNorm: 0 }, /maxGradNorm: expected a number above 0 or null/],
    [{ optimizer: "sgd" }, /optimizer: expected "adam" or "rmsprop", received "sgd"/],
    [{ lossMean: "sum" }, /lossMean/],
    [{ prioritized: { betaSteps: 0 } }, /prioritized.betaSteps/],
    [{ clipRewards: "signs" }, /clipRewards/],
    [{ buffer_size: 10 }, /buffer_size/],
    [{ batchsize: 10 }, /batchSize/],
  ])("names %j", (options, message) => {
    expect(() => resolve(options)).toThrow(InvalidArgumentError);
    expect(() => resolve(options)).toThrow(message);
  });
});
