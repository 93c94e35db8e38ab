import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import {
  type PPOOptions,
  ppoDefaults,
  resolvePPOOptions,
  valueClipOf,
} from "../../../src/trainers/ppo/ppo-options.js";

const resolve = (options: object = {}) => resolvePPOOptions({ env: "CartPole-v1", ...options } as PPOOptions);

describe("resolvePPOOptions", () => {
  it("fills in defaults without changing them, and leaves out what is undefined", () => {
    expect(resolve({ gamma: undefined }).hyperparameters).toEqual(ppoDefaults);
    expect(resolve({ gamma: 0.5 }).hyperparameters.gamma).toBe(0.5);
  });

  it("makes schedules, the value clip of the policy's where none is given", () => {
    const { schedules } = resolve({ learningRate: "lin_1e-2", clipRange: 0.3 });
    expect([0, 1].map((progress) => schedules.learningRate.value(progress))).toEqual([0.01, 0]);
    expect(schedules.clipRangeVf.value(0)).toBe(0.3);
    expect(resolve({ valueClip: "squared-error" }).schedules.clipRangeVf.value(0)).toBe(10);
    expect(resolve({ clipRangeVf: 0.7 }).schedules.clipRangeVf.value(0)).toBe(0.7);
  });

  it.each<[object, RegExp]>([
    [{ numSteps: 0 }, /numSteps/],
    [{ gamma: 2 }, /gamma: expected a number in 0\.\.1, received 2/],
    [{ vfCoef: -1 }, /vfCoef/],
    [{ targetKl: 0 }, /targetKl/],
    [{ learnerTimeout: 0 }, /learnerTimeout/],
    [{ minibatchMode: "sb3" }, /minibatchMode: expected "exact" or "rllib", received "sb3"/],
    [{ valueClip: "none", clipRangeVf: 0.2 }, /clipRangeVf: expected null with valueClip "none"/],
    [{ normalizeAdvantage: { over: "epoch" } }, /normalizeAdvantage.over/],
    [
      { minibatchMode: "rllib", batchSize: 8, sequenceLength: 16 },
      /sequenceLength: expected at most batchSize \(8\)/,
    ],
    [{ n_steps: 16 }, /did you mean numSteps\?/],
  ])("names %j", (options, message) => {
    expect(() => resolve(options)).toThrow(InvalidArgumentError);
    expect(() => resolve(options)).toThrow(message);
  });
});

describe("valueClipOf", () => {
  it("goes by valueClip, then by whether there is a range, as SB3 does", () => {
    expect(valueClipOf({ valueClip: "value-change", clipRangeVf: null })).toBe("value-change");
    expect(valueClipOf({ valueClip: null, clipRangeVf: null })).toBe("none");
    expect(valueClipOf({ valueClip: null, clipRangeVf: 0.2 })).toBe("clipped-value");
  });
});
