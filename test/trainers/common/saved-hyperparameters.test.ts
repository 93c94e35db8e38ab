import { describe, expect, it } from "vitest";
import type { StateTree } from "../../../src/core/state.js";
import { resolveCloningOptions } from "../../../src/trainers/cloning/cloning-options.js";
import { cloningForms, dqnForms, ppoForms } from "../../../src/trainers/common/saved-hyperparameters.js";
import { readSavedOptions } from "../../../src/trainers/common/saved-options.js";
import { dqnDefaults } from "../../../src/trainers/dqn/dqn-options.js";
import * as dqnPresets from "../../../src/trainers/dqn/dqn-presets.js";
import { ppoDefaults } from "../../../src/trainers/ppo/ppo-options.js";
import * as ppoPresets from "../../../src/trainers/ppo/ppo-presets.js";

/** A preset's hyper-parameters as a checkpoint holds them. */
const saved = (preset: object, defaults: object): StateTree =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(Object.entries(preset).filter(([name]) => Object.hasOwn(defaults, name))),
    ),
  );

describe("the forms of saved hyper-parameters", () => {
  it.each([...Object.entries(ppoPresets), ["defaults", ppoDefaults] as const])(
    "take those of PPO: %s",
    (_, preset) => {
      const given = saved(preset, ppoDefaults);
      expect(readSavedOptions(given, ppoDefaults, ppoForms)).toEqual(given);
    },
  );

  it.each([...Object.entries(dqnPresets), ["defaults", dqnDefaults] as const])(
    "take those of DQN: %s",
    (_, preset) => {
      const given = saved(preset, dqnDefaults);
      expect(readSavedOptions(given, dqnDefaults, dqnForms)).toEqual(given);
    },
  );

  it("take the defaults of cloning, and know each of them", () => {
    const defaults = resolveCloningOptions({ dataset: {} as never, model: { numActions: 3 } as never });
    expect(Object.keys(cloningForms).sort()).toEqual(Object.keys(defaults).sort());
    const given = saved(defaults, defaults);
    expect(readSavedOptions(given, defaults, cloningForms)).toEqual(given);
  });

  it("are of options that there are", () => {
    expect(Object.keys(ppoForms).filter((name) => !Object.hasOwn(ppoDefaults, name))).toEqual([]);
    expect(Object.keys(dqnForms).filter((name) => !Object.hasOwn(dqnDefaults, name))).toEqual([]);
  });

  it("take no sizes that ask for any memory by themselves", () => {
    for (const [name, size] of Object.entries({
      numEnvs: 1e9,
      numSteps: 2 ** 40,
      batchSize: 2 ** 30,
      learners: 1e4,
    })) {
      expect(() => readSavedOptions({ [name]: size }, ppoDefaults, ppoForms)).toThrow(
        /expected a whole number in 1\.\./,
      );
    }
    expect(() => readSavedOptions({ capacity: 2 ** 31 }, dqnDefaults, dqnForms)).toThrow(/capacity/);
  });
});
