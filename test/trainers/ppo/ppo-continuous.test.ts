import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import type { Env, StepResult } from "../../../src/envs/env.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { CfCActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, MultiDiscrete } from "../../../src/spaces/index.js";
import {
  cleanrlContinuousPPO,
  evaluatePolicy,
  type PPOOptions,
  type PPOPreset,
  PPOTrainer,
  pendulumPPO,
} from "../../../src/trainers/index.js";
import type { ModelRunner } from "../../../src/trainers/ppo/model-runner.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { NormalizeObservation } from "../../../src/wrappers/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const trainers: PPOTrainer[] = [];
function trainer(options: PPOOptions): PPOTrainer {
  const made = new PPOTrainer(options);
  trainers.push(made);
  return made;
}
afterEach(async () => {
  for (const made of trainers.splice(0)) await made.close();
});

const small: PPOPreset = {
  ...pendulumPPO,
  normalizeObservation: true,
  numEnvs: 4,
  numSteps: 32,
  batchSize: 32,
  nEpochs: 2,
};
const recurrent: PPOPreset = {
  ...small,
  sequenceLength: 16,
  model: (spaces) => new CfCActorCritic({ ...spaces, units: 8, backboneUnits: 16, hiddenUnits: [] }),
};
const envOptions = { maxEpisodeSteps: 12 }; // episodes end inside rollouts

async function rows(made: PPOTrainer, totalTimesteps: number): Promise<LogRow[]> {
  const written: LogRow[] = [];
  await made.learn({ totalTimesteps, logger: new Logger([{ write: (row) => written.push(row) }]) });
  return written;
}

const weights = (made: PPOTrainer) =>
  [...made.model.variables].map(([name, v]) => [name, Array.from(v.dataSync())]);

/** Shows two numbers and rewards actions near them; records the actions it received. */
class Follow implements Env {
  readonly id = "Follow-v0";
  readonly observationSpace = new Box({ low: -1, high: 1, shape: [2] });
  readonly given: number[] = [];
  private time = 0;
  constructor(readonly actionSpace: Box | MultiDiscrete) {}
  private observe() {
    return Float32Array.of(Math.sin(this.time), Math.cos(3 * this.time));
  }
  reset() {
    this.time = 0;
    return { observation: this.observe(), info: {} };
  }
  step(action: Float32Array): StepResult {
    this.given.push(...action);
    const target = this.observe();
    this.time++;
    const bits = this.actionSpace.kind === "multi-discrete";
    const wanted = target.map((x) => (bits ? Number(x > 0) : 0.5 * x));
    const reward = -wanted.reduce((sum, x, i) => sum + (x - action[i]) ** 2, 0);
    const truncated = this.time === 10;
    const info = truncated ? { episode: { return: reward, length: 10 } } : {};
    return { observation: this.observe(), reward, terminated: false, truncated, info };
  }
  render() {
    return { height: 1, width: 1, data: new Uint8Array(3) };
  }
  close() {}
}

describe("PPO over continuous actions", () => {
  it.each([
    ["feed-forward", small, "Pendulum-v1"],
    ["recurrent", recurrent, "PendulumNoVel-v1"],
  ] as const)("has ratio 1 in the first minibatch: %s", async (_, preset, env) => {
    const written = await rows(trainer({ ...preset, env, envOptions, seed: 3 }), 128 * 5);
    for (const row of written) {
      expect(row["train/first_ratio_deviation"]).toBeLessThan(1e-4);
      expect(row["train/std"]).toBeGreaterThan(0.5);
    }
    expect(written.at(-1)!["train/std"]).not.toBe(1);
  });

  it("passes clipped actions to the environment and learns from unclipped ones", async () => {
    const envs = [0, 1].map(() => new Follow(new Box({ low: -0.25, high: 0.5, shape: [2] })));
    const made = trainer({ ...small, env: new SyncVectorEnv(envs.map((env) => () => env)), seed: 0 });
    const written = await rows(made, 64);
    const given = envs.flatMap((env) => env.given);
    expect(Math.min(...given)).toBe(-0.25);
    expect(Math.max(...given)).toBe(0.5);
    const { actions } = (made as unknown as { buffer: { actions: Float32Array } }).buffer;
    expect(Math.max(...actions)).toBeGreaterThan(1);
    expect(written[0]["train/first_ratio_deviation"]).toBeLessThan(1e-4);
    const { actions: sure, action } = await made.predict(Float32Array.of(0, 1, 1, 0), {
      deterministic: true,
    });
    expect(sure).toBeInstanceOf(Float32Array);
    expect(sure).toHaveLength(4);
    expect(action).toEqual(sure.slice(0, 2));
  });

  it.each(["float32", "float64"] as const)("predicts actions within a Box of %s", async (dtype) => {
    const space = new Box({ low: -0.1, high: 0.3, shape: [2], dtype });
    const made = trainer({ ...small, env: new SyncVectorEnv([() => new Follow(space)]), seed: 0 });
    for (let i = 0; i < 8; i++) {
      const { action, actions } = await made.predict(Float32Array.of(i, -i));
      expect(space.contains(action)).toBe(true);
      expect(space.contains(actions)).toBe(true);
    }
  });

  it("supports a KL penalty between normal policies", async () => {
    const made = trainer({ ...small, env: "Pendulum-v1", seed: 1, klPenalty: { initial: 0.5 } });
    for (const row of await rows(made, 128 * 2)) expect(row["train/kl"]).toBeGreaterThan(0);
  });

  it("learns a two-dimensional target, and actions in a MultiDiscrete space", async () => {
    for (const space of [new Box({ low: -1, high: 1, shape: [2] }), new MultiDiscrete([2, 2])]) {
      const env = () => new SyncVectorEnv(Array.from({ length: 4 }, () => () => new Follow(space)));
      const made = trainer({ ...small, env: env(), seed: 2, learningRate: 3e-3, gamma: 0, nEpochs: 8 });
      const { observations } = await env().reset();
      const last = async () => (await evaluatePolicy(made, env(), { numEpisodes: 4 })).meanReturn;
      const before = await last();
      await made.learn({ totalTimesteps: 128 * 40 });
      expect(await last()).toBeGreaterThan(space.kind === "box" ? -0.02 : -0.001);
      expect(before).toBeLessThan(-0.05);
      expect((await made.predict(observations)).actions).toHaveLength(8);
    }
  }, 60_000);

  it("keeps the number of tensors flat", async () => {
    const made = trainer({ ...recurrent, env: "PendulumNoVel-v1", seed: 0, numSteps: 8, nEpochs: 1 });
    await made.learn({ totalTimesteps: 32 * 3 });
    const before = tf.memory().numTensors;
    await made.learn({ totalTimesteps: 32 * 100 });
    await made.predict(new Float32Array(2));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("normalizeObservation", () => {
  it("is part of the policy: predict takes raw observations and does not change the statistics", async () => {
    const made = trainer({ ...small, ...{ env: "Pendulum-v1" }, seed: 1 });
    await made.learn({ totalTimesteps: 128 * 2 });
    const normalizer = made.observationNormalizer!;
    // 4 environments: the first observations and those of 64 steps.
    expect(normalizer.statistics.count).toBeCloseTo(4 * 65, 3);
    const raw = Float32Array.of(0.6, 0.8, 3);
    const { action } = await made.predict(raw, { deterministic: true });
    const plain = made.model.apply(tf.tensor3d([...normalizer.normalize(raw)], [1, 1, 3]));
    expect((action as Float32Array)[0]).toBeCloseTo(plain.distribution.dataSync()[0], 6);
    tf.dispose([plain.distribution, plain.values]);
    expect(normalizer.statistics.count).toBeCloseTo(4 * 65, 3);
  });

  it("equals the wrapper with shared statistics around every environment", async () => {
    const made = trainer({ ...small, env: "Pendulum-v1", envOptions, seed: 1 });
    await made.learn({ totalTimesteps: 128 });
    const { observations } = (made as unknown as { buffer: { observations: Float32Array } }).buffer;
    const wrapped = makeVecEnv("Pendulum-v1", {
      numEnvs: 1,
      envOptions,
      wrapper: (env) =>
        new NormalizeObservation(env, { normalizer: made.observationNormalizer, updateRunningMean: false }),
    });
    const own = (await wrapped.reset({ seed: 0 })).observations;
    const plain = (await makeVecEnv("Pendulum-v1", { numEnvs: 1 }).reset({ seed: 0 })).observations;
    expect(own).toEqual(made.observationNormalizer!.normalize(plain));
    expect(Math.max(...observations)).toBeLessThanOrEqual(10);
    await wrapped.close();
  });

  it("normalises final observations too, without counting them", async () => {
    // All episodes end together, so the pass after such a step values final observations alone.
    const four = { maxEpisodeSteps: 4 };
    const made = trainer({ ...small, env: "Pendulum-v1", envOptions: four, numSteps: 8, seed: 1 });
    const normalizer = made.observationNormalizer!;
    let finals: number[] = [];
    const step = made.env.step.bind(made.env);
    made.env.step = async (actions) => {
      const result = await step(actions);
      finals = result.finalObservations.flatMap((final) => (final ? [...final] : []));
      return result;
    };
    const compared: number[] = [];
    // Networks are compiled: what they get passes here.
    const { runner } = made as unknown as { runner: ModelRunner };
    const run = runner.run.bind(runner);
    runner.run = (batch, x, states) => {
      if (finals.length > 0) {
        expect(x).toEqual(normalizer.normalize(finals));
        compared.push(finals.length);
        finals = [];
      }
      return run(batch, x, states);
    };
    await made.learn({ totalTimesteps: 32 });
    expect(compared).toEqual([12, 12]);
    expect(normalizer.statistics.count).toBeCloseTo(4 * 9, 3);
  });

  it("rejects frames", () => {
    expect(() => trainer({ ...small, model: undefined, env: "Arcade/Breakout-v0" })).toThrow(
      /normalizeObservation: expected observations of float32/,
    );
  });
});

describe("checkpoints", () => {
  it("continue exactly like the uninterrupted run, including statistics of observations and rewards", async () => {
    for (const preset of [small, recurrent]) {
      const options = { ...preset, learningRate: 1e-3, env: "Pendulum-v1", envOptions, seed: 11 };
      const whole = trainer(options);
      await whole.learn({ totalTimesteps: 256 });
      const store = new MemoryCheckpointStore();
      await whole.save({ store, name: "middle" });
      await whole.predict(new Float32Array(3)); // predict in between must not matter
      await whole.learn({ totalTimesteps: 256 });

      const resumed = await PPOTrainer.load({ store, name: "middle" }, { ...options, seed: 99 });
      trainers.push(resumed);
      await resumed.learn({ totalTimesteps: 256 });
      expect(weights(resumed)).toEqual(weights(whole));
      expect(resumed.observationNormalizer!.getState()).toEqual(whole.observationNormalizer!.getState());
      expect(resumed.getState().rewardScaler).toEqual(whole.getState().rewardScaler);
    }
  });

  it("make a loaded policy act as the saved one", async () => {
    const made = trainer({ ...small, env: "Pendulum-v1", seed: 4 });
    await made.learn({ totalTimesteps: 256 });
    const store = new MemoryCheckpointStore();
    await made.save({ store, name: "policy" });
    const { model } = small;
    const loaded = await PPOTrainer.load({ store, name: "policy" }, { model, env: "Pendulum-v1" });
    trainers.push(loaded);
    const raw = Float32Array.of(0.6, -0.8, 5);
    const sure = { deterministic: true };
    expect((await loaded.predict(raw, sure)).actions).toEqual((await made.predict(raw, sure)).actions);
  });
});

describe("presets", () => {
  it("cleanrlContinuousPPO has CleanRL's settings", () => {
    const made = trainer({ ...cleanrlContinuousPPO, env: "Pendulum-v1", seed: 1 });
    expect(made.hyperparameters).toMatchObject({
      numEnvs: 1,
      numSteps: 2048,
      batchSize: 64,
      nEpochs: 10,
      gamma: 0.99,
      gaeLambda: 0.95,
      clipRange: 0.2,
      valueClip: "value-change",
      entCoef: 0,
      vfCoef: 0.5,
      maxGradNorm: 0.5,
      normalizeObservation: true,
      normalizeReward: true,
    });
    const sizes = [...made.model.variables].map(([name, { shape }]) => `${name} ${shape.join("x")}`);
    expect(sizes).toContain("policy_head/log_std 1");
    expect(sizes).toContain("value/dense2/kernel 64x64");
  });
});
