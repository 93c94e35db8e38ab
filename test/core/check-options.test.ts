import { describe, expect, it } from "vitest";
import { checkOptions, optionNames } from "../../src/core/check-options.js";
import { nearestName } from "../../src/core/nearest-name.js";
import { showValue } from "../../src/core/show-value.js";

const names = optionNames<{ numSteps: number; numEnvs?: number; callbacks?: unknown }>({
  numSteps: true,
  numEnvs: true,
  callbacks: true,
});

describe("checkOptions", () => {
  it.each([
    [{ n_steps: 1 }, "n_steps: is not an option of PPO: did you mean numSteps?"],
    [{ numstep: 1 }, "numstep: is not an option of PPO: did you mean numSteps?"],
    [{ callback: 1 }, "callback: is not an option of PPO: did you mean callbacks?"],
    [{ policy: 1 }, "policy: is not an option of PPO: the network is the option model"],
    [{ n_envs: 1 }, "n_envs: is not an option of PPO: did you mean numEnvs?"],
    [{ zebra: 1 }, "zebra: is not an option of PPO; there are numSteps, numEnvs, callbacks"],
    [
      undefined,
      "options: PPO expected an object of options { numSteps, numEnvs, callbacks }, received undefined",
    ],
    [
      "MlpPolicy",
      'options: PPO expected an object of options { numSteps, numEnvs, callbacks }, received "MlpPolicy"',
    ],
  ])("rejects %j", (options, message) => {
    const hints = { policy: "the network is the option model" };
    expect(() => checkOptions("PPO", options, names, hints)).toThrow(message);
  });

  it("accepts known names, also with undefined values", () => {
    expect(() => checkOptions("PPO", { numSteps: 1, callbacks: undefined }, names)).not.toThrow();
  });

  it("does not mistake properties of Object for hints", () => {
    expect(() => checkOptions("PPO", { constructor: 1 }, names)).toThrow(/there are/);
  });
});

describe("nearestName", () => {
  it.each([
    ["gama", "gamma"],
    ["learning_rate", "learningRate"],
    ["flavor", "flavour"],
    ["xyz", undefined],
  ])("finds for %s %s", (name, expected) => {
    expect(nearestName(name, ["gamma", "learningRate", "flavour"])).toBe(expected);
  });
});

it("knows the names of other libraries", () => {
  const known = ["capacity", "hiddenUnits", "numStack", "numEpisodes"];
  expect(
    ["buffer_size", "net_arch", "frame_stack", "n_eval_episodes"].map((name) => nearestName(name, known)),
  ).toEqual(known);
  expect(nearestName("buffer_size", ["gamma"])).toBeUndefined();
});

describe("showValue", () => {
  it.each([
    ["3", '"3"'],
    [3, "3"],
    [null, "null"],
    [[1, "a"], '[1, "a"]'],
    [{ a: 1 }, "{ a: 1 }"],
    [new Map(), "a Map"],
    [function learn() {}, "the function learn"],
  ])("shows %s", (value, text) => {
    expect(showValue(value)).toBe(text);
  });

  it("terminates for an object that contains itself", () => {
    const own: Record<string, unknown> = {};
    own.self = own;
    expect(showValue(own).length).toBeLessThan(100);
  });
});
