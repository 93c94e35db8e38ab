/** What is left of a trainer that could not be made, closed, or trained. */

import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/backends/index.js";
import { InvalidArgumentError, InvalidStateError } from "../../src/core/errors.js";
import "../../src/envs/builtin.js";
import { make } from "../../src/envs/registry.js";
import { type DQNOptions, DQNTrainer, type PPOOptions, PPOTrainer } from "../../src/trainers/index.js";
import { SyncVectorEnv } from "../../src/vector/sync-vector-env.js";

beforeAll(() => useBackend("cpu"));

const ppo = { env: "CartPole-v1", numEnvs: 2, nSteps: 8, batchSize: 8, nEpochs: 1, seed: 5 };
const dqn = { env: "CartPole-v1", learningStarts: 10, bufferSize: 100, seed: 5 };

const wrongPPO: [string, object][] = [
  ["beta1", { adam: { beta1: 2 } }],
  ["initial", { klPenalty: { initial: -1 } }],
  ["valueClip", { valueClip: "clipped" }],
  ["valueLossScale", { valueLossScale: Number.NaN }],
  ["minibatchMode", { minibatchMode: "even" }],
  ["normalizeAdvantage.over", { normalizeAdvantage: { over: "batch" } }],
  ["clipRewards", { clipRewards: "signs" }],
  ["clipRewards", { clipRewards: { limit: -1 } }],
  ["learningRate", { learningRate: -1e-3 }],
  ["learningRate", { learningRate: { kind: "linear", initial: 1e-3, final: -1e-3 } }],
  ["clipRange", { clipRange: -0.1 }],
  ["numSteps", { nSteps: 2 ** 40 }],
  ["batchSize", { minibatchMode: "rllib", batchSize: 17 }],
];

const wrongDQN: [string, object][] = [
  ["beta1", { adam: { beta1: 2 } }],
  ["huberDelta", { huberDelta: 0 }],
  ["lossMean", { lossMean: "some" }],
  ["clipRewards", { clipRewards: "signs" }],
  ["learningRate", { learningRate: -1e-3 }],
];

function refuses(name: string, make: () => unknown): void {
  const before = tf.memory().numTensors;
  expect(make).toThrow(InvalidArgumentError);
  expect(make).toThrow(new RegExp(`^${name.replace(".", "\\.")}: `));
  expect(tf.memory().numTensors).toBe(before);
}

describe("a wrong option is refused before there is anything to free", () => {
  it.each(wrongPPO)("PPO: %s of %j", (name, options) => {
    refuses(name, () => new PPOTrainer({ ...ppo, ...options } as PPOOptions));
  });

  it.each(wrongDQN)("DQN: %s of %j", (name, options) => {
    refuses(name, () => new DQNTrainer({ ...dqn, ...options } as DQNOptions));
  });
});

it("mode rllib learns from rollouts of just one slice", async () => {
  const trainer = new PPOTrainer({ ...ppo, minibatchMode: "rllib", batchSize: 16 });
  await trainer.learn({ totalTimesteps: 16 });
  expect(trainer.iterations).toBe(1);
  await trainer.close();
});

it.each([
  ["PPO", (env: SyncVectorEnv) => new PPOTrainer({ ...ppo, env })],
  ["DQN", (env: SyncVectorEnv) => new DQNTrainer({ ...dqn, env })],
])("%s frees its tensors when an environment cannot be closed", async (_, makeTrainer) => {
  const env = make("CartPole-v1");
  env.close = () => {
    throw new Error("stuck");
  };
  const before = tf.memory().numTensors;
  const trainer = makeTrainer(new SyncVectorEnv([() => env]));
  await trainer.learn({ totalTimesteps: 16 });
  await expect(trainer.close()).rejects.toThrow("stuck");
  expect(tf.memory().numTensors).toBe(before);
});

it.each([
  ["PPO", () => new PPOTrainer(ppo)],
  ["DQN", () => new DQNTrainer(dqn)],
])("%s refuses a second training at the same time, and goes on after the first", async (_, makeTrainer) => {
  const trainer = makeTrainer();
  const first = trainer.learn({ totalTimesteps: 32 });
  await expect(trainer.learn({ totalTimesteps: 32 })).rejects.toThrow(InvalidStateError);
  await first;
  expect(trainer.numTimesteps).toBe(32);
  await trainer.learn({ totalTimesteps: 32 });
  expect(trainer.numTimesteps).toBe(64);
  await trainer.close();
});
