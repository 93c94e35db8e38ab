import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError } from "../../../src/core/errors.js";
import type { StateRecord } from "../../../src/core/state.js";
import { MlpActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { ppoForms } from "../../../src/trainers/common/saved-hyperparameters.js";
import {
  describeRun,
  describeSetup,
  missingOption,
  readModelConfig,
  readRun,
  type SetupOptions,
} from "../../../src/trainers/common/saved-run.js";
import { ppoDefaults } from "../../../src/trainers/ppo/ppo-options.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { CountingEnv } from "../../vector/counting-env.js";

const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [4] }), actionSpace: new Discrete(2) };
const kind = { kind: "ppo", defaults: ppoDefaults, forms: ppoForms };

/** What a checkpoint says of a training with these options. */
function described(options: Partial<SetupOptions> = {}): StateRecord {
  const model = new MlpActorCritic({ ...spaces, hiddenUnits: [3], seed: 1 });
  const setup = describeSetup({ env: "CartPole-v1", ...options });
  const config = describeRun(setup, { ...ppoDefaults, adam: options.adam ?? {} }, model, spaces);
  model.dispose();
  return JSON.parse(JSON.stringify(config));
}

describe("a saved run", () => {
  beforeAll(() => useBackend("wasm"));

  it("comes back from what was described", () => {
    const run = readRun(described({ seed: 5 }), kind, {});
    expect(run).toMatchObject({ env: "CartPole-v1", envOptions: null, seed: 5, knownModel: true });
    expect(Object.values(run.given).some(Boolean)).toBe(false);
    expect(run.model).toMatchObject({ className: "MlpActorCritic", config: { hiddenUnits: [3] } });
    expect(run.hyperparameters.numSteps).toBe(ppoDefaults.numSteps);
    expect(run.spaces?.actionSpace.toJSON()).toEqual(spaces.actionSpace.toJSON());
    expect(missingOption(run, {}, "last")).toBeUndefined();
  });

  it.each<[string, Partial<SetupOptions>, Partial<SetupOptions>, RegExp]>([
    [
      "environments",
      { env: new SyncVectorEnv([() => new CountingEnv()]) },
      { env: "CartPole-v1" },
      /^env: checkpoint "last" cannot hold/,
    ],
    ["a wrapper", { wrapper: (env: unknown) => env }, { wrapper: () => {} }, /^wrapper: .*give it again/],
    ["decays", { adam: { decays: () => true } }, { adam: {} }, /^adam: .*the function "decays"/],
    [
      "undeclared options",
      { envOptions: { anything: { at: "all" } } as never },
      { envOptions: {} },
      /^envOptions: /,
    ],
  ])("asks again for %s, and is content when it is given", (_, options, again, message) => {
    const run = readRun(described(options), kind, {});
    expect(missingOption(run, {}, "last")?.message).toMatch(message);
    expect(missingOption(run, again, "last")).toBeUndefined();
  });

  it.each<[string, unknown, RegExp]>([
    ["env", 5, /"config.env": expected an id or null, received 5/],
    ["env", null, /"config.env": expected an id, received null/],
    ["envOptions", [], /"config.envOptions": expected a record or null, received a list/],
    ["seed", 0.5, /"config.seed": expected an integer or null/],
    ["given", { env: "yes" }, /"config.given.env": expected true or false/],
    ["given", null, /"config.given": expected a record/],
    ["model", { className: 5 }, /"config.model.className": expected a text/],
    ["hyperparameters", { gamma: "1" }, /gamma": expected a number/],
  ])("is refused with a wrong %s: %j", (name, value, message) => {
    const read = () => readRun({ ...described(), [name]: value as never }, kind, {});
    expect(read).toThrow(CheckpointError);
    expect(read).toThrow(message);
  });

  it("takes no spaces and no prototype from the description of a network", () => {
    for (const config of ['{"observationSpace":1}', '{"actionSpace":1}', '{"__proto__":{}}']) {
      const read = () => readModelConfig({ className: "MlpActorCritic", config: JSON.parse(config) });
      expect(read).toThrow(/is not an option of a network/);
    }
  });
});

describe("describeSetup", () => {
  it.each([
    ["Arcade/Breakout-v0", { frameskip: 1 }, true],
    ["Arcade/Breakout-v0", { frameskip: { code: 1 } }, false],
    ["Arcade/Breakout-v0", { frameskip: 1, secret: 2 }, false],
    ["CartPole-v1", null, true],
  ])("keeps options of %s that are declared and plain: %j", (env, envOptions, kept) => {
    const setup = describeSetup({ env, envOptions: envOptions as never });
    expect(setup.envOptions).toEqual(kept ? envOptions : null);
    expect(setup.given).toMatchObject({ env: false, envOptions: !kept });
  });
});
