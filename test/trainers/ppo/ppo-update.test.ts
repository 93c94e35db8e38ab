import { readdirSync, readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { Adam } from "tfjs-training";
import { beforeAll, describe, expect, it } from "vitest";
import { EpisodeWindow } from "../../../src/core/episode-window.js";
import type { Random } from "../../../src/core/random.js";
import { actionDistribution } from "../../../src/losses/index.js";
import { RolloutBuffer } from "../../../src/memory/index.js";
import { MlpActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { type ActionSpace, Box, Discrete, MultiDiscrete } from "../../../src/spaces/index.js";
import { ModelRunner } from "../../../src/trainers/ppo/model-runner.js";
import { ppoLogRow } from "../../../src/trainers/ppo/ppo-log-row.js";
import { type PPOOptions, resolvePPOOptions, valueClipOf } from "../../../src/trainers/ppo/ppo-options.js";
import { PPOUpdate } from "../../../src/trainers/ppo/ppo-update.js";

// Made by scripts/oracles/record-sb3-ppo.py.
const folder = new URL("../../fixtures/sb3-ppo/", import.meta.url);

interface Recording {
  numEnvs: number;
  hyperparameters: Record<string, number | boolean>;
  before: Record<string, number[]>;
  rollout: Record<"observations" | "actions" | "values" | "log_probs" | "advantages" | "returns", number[]>;
  orders: number[][];
  after: Record<string, number[]>;
  log: Record<string, number>;
}

const spaces: Record<string, ActionSpace> = {
  discrete: new Discrete(3),
  box: new Box({ low: -1, high: 1, shape: [2] }),
  "multi-discrete": new MultiDiscrete([3, 2]),
  "target-kl": new Discrete(3),
  "target-kl-box": new Box({ low: -1, high: 1, shape: [2] }),
  "clip-range-vf": new Discrete(3),
  "raw-advantages": new Box({ low: -1, high: 1, shape: [2] }),
};

const sb3Names: Record<string, string> = {
  "policy/dense1": "mlp_extractor.policy_net.0",
  "value/dense1": "mlp_extractor.value_net.0",
  policy_head: "action_net",
  value_head: "value_net",
};

/** SB3's names in camelCase; only `n_steps` has another name, `numSteps`. */
function sameNames(hyperparameters: Recording["hyperparameters"]): Partial<PPOOptions> {
  const camel = (name: string) =>
    name === "n_steps" ? "numSteps" : name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(hyperparameters).map(([name, value]) => [camel(name), value]));
}

/** A weight of SB3 in the layout of this library: kernels are transposed. */
function weightOf(weights: Record<string, number[]>, name: string, shape: number[]): number[] {
  if (name.endsWith("log_std")) return weights.log_std;
  const [layer, kind] = [name.slice(0, name.lastIndexOf("/")), name.slice(name.lastIndexOf("/") + 1)];
  const values = weights[`${sb3Names[layer]}.${kind === "kernel" ? "weight" : "bias"}`];
  if (kind === "bias") return values;
  const [inputs, outputs] = shape;
  return Array.from(
    { length: inputs * outputs },
    (_, i) => values[(i % outputs) * inputs + Math.floor(i / outputs)],
  );
}

async function trainAsRecorded(name: string) {
  const recording: Recording = JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8"));
  const actionSpace = spaces[name];
  // The entropy coefficient is the only option with another default.
  const options = { entCoef: 0, ...sameNames(recording.hyperparameters) };
  const { hyperparameters, schedules } = resolvePPOOptions(options);
  const observationSpace = new Box({ low: -3, high: 3, shape: [4] });
  const model = new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [8], seed: 0 });
  for (const [weight, variable] of model.variables) {
    tf.tidy(() =>
      variable.assign(tf.tensor(weightOf(recording.before, weight, variable.shape), variable.shape)),
    );
  }
  const distribution = actionDistribution(actionSpace);
  const buffer = new RolloutBuffer({
    numEnvs: recording.numEnvs,
    numSteps: hyperparameters.numSteps,
    observationShape: [4],
    observationDtype: "float32",
    actionSize: distribution.actionSize,
    distributionSize: model.distributionSize,
  });
  const { log_probs: logProbs, ...rest } = recording.rollout;
  for (const [field, values] of Object.entries({ ...rest, logProbs })) {
    (buffer[field as "values"] as Float32Array).set(values);
  }
  const orders = [...recording.orders];
  const random = { permutation: () => Int32Array.from(orders.shift() ?? []) } as unknown as Random;
  const optimizer = new Adam(hyperparameters.adam);
  const update = new PPOUpdate({ model, distribution, optimizer, random, hyperparameters });
  const coefficients = {
    learningRate: schedules.learningRate.value(0),
    clipRange: schedules.clipRange.value(0),
    clipRangeVf: schedules.clipRangeVf.value(0),
    entCoef: schedules.entCoef.value(0),
    klCoef: 0,
  };
  const statistics = await update.run(buffer, coefficients);
  const { distribution: numbers } = await new ModelRunner(model).run(
    1,
    new Float32Array(4),
    new Float32Array(0),
  );
  const row = ppoLogRow({
    statistics,
    coefficients,
    buffer,
    epochs: statistics.epochs,
    episodes: new EpisodeWindow(),
    deviation: distribution.meanDeviation?.(numbers),
    clipsValues: valueClipOf(hyperparameters) !== "none",
    klPenalty: false,
  });
  const after = [...model.variables].map(([weight, variable]) => ({
    weight,
    reached: Array.from(variable.dataSync()),
    expected: weightOf(recording.after, weight, variable.shape),
    before: weightOf(recording.before, weight, variable.shape),
  }));
  model.dispose();
  optimizer.dispose();
  return { recording, row, after, statistics, ordersLeft: orders.length };
}

const norm = (values: number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

describe("an update with the options of Stable-Baselines3's PPO", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("there is a recording of each case", () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(spaces)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it.each(Object.keys(spaces))("ends at the same weights: %s", async (name) => {
    const { after, ordersLeft } = await trainAsRecorded(name);
    expect(ordersLeft).toBe(0);
    for (const { weight, reached, expected, before } of after) {
      const gone = norm(expected.map((value, i) => value - before[i]));
      const off = norm(expected.map((value, i) => value - reached[i]));
      expect(gone, weight).toBeGreaterThan(1e-3);
      expect(off / gone, weight).toBeLessThan(2e-5);
    }
  });

  it.each(Object.keys(spaces))("logs the same values under the same keys: %s", async (name) => {
    const { recording, row } = await trainAsRecorded(name);
    for (const [key, value] of Object.entries(recording.log)) {
      const scale = Math.max(1e-2, Math.abs(value));
      expect(Math.abs((row[key] as number) - value) / scale, key).toBeLessThan(2e-5);
    }
  });

  it("is ended by the target KL in the middle of an epoch", async () => {
    const { recording, statistics } = await trainAsRecorded("target-kl");
    expect(statistics.epochs).toBeLessThan(recording.hyperparameters.n_epochs as number);
    expect(statistics.minibatches % 4).toBeGreaterThan(0); // of 4 an epoch
  });
});
