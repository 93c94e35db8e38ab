import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import type { Env } from "../../../src/envs/env.js";
import { make } from "../../../src/envs/registry.js";
import { DuelingHead } from "../../../src/layers/dueling-head.js";
import { SequentialQNetwork } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Discrete } from "../../../src/spaces/index.js";
import {
  adventuresDuelingDQN,
  arcadeSpaceInvadersDQN,
  cartPoleDQN,
  type DQNOptions,
  DQNTrainer,
  epsilonSchedule,
  evaluatePolicy,
  smallAtariDQN,
} from "../../../src/trainers/index.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { RecordEpisodeStatistics } from "../../../src/wrappers/index.js";
import { NoisyChoiceEnv } from "../noisy-choice-env.js";

beforeAll(() => useBackend("wasm"));

const tiny: DQNOptions = {
  env: "CartPole-v1",
  learningStarts: 20,
  batchSize: 8,
  stepsPerIteration: 50,
  seed: 1,
};

describe("DQNTrainer learns", () => {
  it("to balance a pole", { timeout: 240_000 }, async () => {
    const trainer = new DQNTrainer({ ...cartPoleDQN, env: "CartPole-v1", seed: 0 });
    const env = makeVecEnv("CartPole-v1", { numEnvs: 10 });
    const before = await evaluatePolicy(trainer, env, { numEpisodes: 20, seed: 1 });
    await trainer.learn({ totalTimesteps: 12_000 });
    const after = await evaluatePolicy(trainer, env, { numEpisodes: 20, seed: 1 });
    expect(before.meanReturn).toBeLessThan(60);
    expect(after.meanReturn).toBeGreaterThan(150);
    await trainer.close();
    await env.close();
  });

  // Tabular values, a constant learning rate and a lagging target network: the estimates stay noisy.
  const estimate = async (double: boolean) => {
    const env = new SyncVectorEnv([() => new RecordEpisodeStatistics(new NoisyChoiceEnv())]);
    const trainer = new DQNTrainer({
      env,
      double,
      seed: 3,
      capacity: 400,
      learningStarts: 50,
      trainFreq: 2,
      gradientSteps: 1,
      batchSize: 16,
      gamma: 1,
      targetUpdateInterval: 200,
      learningRate: 0.05,
      explorationFraction: 0,
      explorationFinalEps: 1,
      huberDelta: null,
      model: (spaces) =>
        new SequentialQNetwork(
          spaces,
          () => [
            new DuelingHead({ actions: 8, hiddenUnits: [], dueling: false, kernelInitializer: "zeros" }),
          ],
          { className: "Table", config: {} },
        ),
    });
    let [sum, count] = [0, 0];
    await trainer.learn({
      totalTimesteps: 6000,
      callbacks: [
        {
          onStep({ numTimesteps }) {
            if (numTimesteps < 1000 || numTimesteps % 20 > 0) return;
            sum += tf.tidy(() => tf.mean(trainer.model.apply(tf.tensor2d([[1, 0]]))).dataSync()[0]);
            count++;
          },
        },
      ],
    });
    await trainer.close();
    return sum / count;
  };

  it("values with less overestimation by double Q-learning; the true value is -0.1", {
    timeout: 120_000,
  }, async () => {
    const [plain, double] = [await estimate(false), await estimate(true)];
    expect(plain).toBeGreaterThan(0.1);
    expect(double).toBeLessThan(plain - 0.1);
  });
});

describe("DQNTrainer", () => {
  it("logs SB3's keys, counts steps and updates, and leaks no tensors", async () => {
    const rows: Record<string, number>[] = [];
    const before = tf.memory().numTensors;
    const trainer = new DQNTrainer({ ...tiny, numEnvs: 2, prioritized: {}, trainFreq: 2, gradientSteps: 3 });
    const learn = (totalTimesteps: number) =>
      trainer.learn({
        totalTimesteps,
        callbacks: [{ onUpdateEnd: (_, row) => void rows.push(row as Record<string, number>) }],
      });
    await learn(100);
    const during = tf.memory().numTensors;
    await learn(100);
    expect(tf.memory().numTensors).toBe(during);
    expect(trainer.numTimesteps).toBe(200);
    expect(trainer.iterations).toBe(4);
    // 100 steps of both environments, trained every second from step 12 on (more than 20 transitions).
    expect(trainer.gradientSteps).toBe(3 * (50 - 5));
    expect(Object.keys(rows[3])).toEqual(
      expect.arrayContaining([
        "rollout/ep_rew_mean",
        "rollout/ep_len_mean",
        "rollout/exploration_rate",
        "time/episodes",
        "time/fps",
        "time/total_timesteps",
        "train/learning_rate",
        "train/loss",
        "train/n_updates",
        "train/beta",
      ]),
    );
    expect(rows[3]["train/n_updates"]).toBe(trainer.gradientSteps);
    await trainer.close();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
  });

  it("with gradientSteps -1 makes one gradient step per environment step", async () => {
    const trainer = new DQNTrainer({
      ...tiny,
      numEnvs: 2,
      trainFreq: 5,
      gradientSteps: -1,
      learningStarts: 0,
    });
    await trainer.learn({ totalTimesteps: 40 });
    expect(trainer.gradientSteps).toBe(40);
    await trainer.close();
  });

  it("explores by the schedule, in training and in predict", async () => {
    const trainer = new DQNTrainer({
      ...tiny,
      exploration: epsilonSchedule({ initial: 1, final: 0.25, delay: 10, steps: 20 }),
    });
    const rates: number[] = [];
    await trainer.learn({
      totalTimesteps: 40,
      callbacks: [{ onStep: () => void rates.push(trainer.explorationRate) }],
    });
    expect([rates[0], rates[10], rates[20], rates[35]]).toEqual([1, 1, 0.625, 0.25]);
    const observation = Float32Array.of(0, 0, 0.1, 0);
    const { action: best } = await trainer.predict(observation, { deterministic: true });
    let others = 0;
    for (let i = 0; i < 400; i++) others += Number((await trainer.predict(observation)).action !== best);
    // A random action differs from the best one half of the time: 1/8 of 400, within 4 deviations.
    expect(Math.abs(others - 50)).toBeLessThan(27);
    await trainer.close();
  });

  it("restarts exploration by progress with a second learn(), continues exploration by steps", async () => {
    const rates: number[][] = [];
    for (const exploration of [null, epsilonSchedule({ steps: 200 })]) {
      const trainer = new DQNTrainer({
        ...tiny,
        explorationFraction: 1,
        explorationFinalEps: 0.1,
        exploration,
      });
      const seen: number[] = [];
      const callbacks = [{ onStep: () => void seen.push(trainer.explorationRate) }];
      for (let i = 0; i < 2; i++) await trainer.learn({ totalTimesteps: 100, callbacks });
      rates.push([seen[0], seen[50], seen[100], seen[150]]);
      expect(trainer.numTimesteps).toBe(200);
      await trainer.close();
    }
    const near = (values: number[]) => values.map((value) => expect.closeTo(value, 10));
    expect(rates[0]).toEqual(near([1, 0.55, 1, 0.55]));
    expect(rates[1]).toEqual(near([1, 0.775, 0.55, 0.325]));
  });

  it("lets timers and signals run, although it never awaits anything", async () => {
    const trainer = new DQNTrainer(tiny);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 20);
    await trainer.learn({ hours: 0.5 / 3600 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
    await trainer.close();
  });

  it("throws when observations are not stacked as numStack says", async () => {
    const trainer = new DQNTrainer({ ...tiny, numStack: 2 });
    await expect(trainer.learn({ totalTimesteps: 20 })).rejects.toThrow(/FrameStack\({ numStack: 2 }\)/);
    await trainer.close();
  });

  it("names invalid options", () => {
    expect(() => new DQNTrainer({ ...tiny, bufersize: 3 } as never)).toThrow(/bufersize/);
    expect(() => new DQNTrainer({ ...tiny, tau: 0 })).toThrow(/tau/);
    expect(() => new DQNTrainer({ ...tiny, gradientSteps: -2 })).toThrow(/gradientSteps/);
    expect(() => new DQNTrainer({ ...tiny, optimizer: "sgd" as never })).toThrow(/optimizer/);
    expect(() => new DQNTrainer({ ...tiny, env: "Pendulum-v1" })).toThrow(/Discrete/);
  });
});

describe("epsilonSchedule", () => {
  const document = { initial: 1, final: 0.1, delay: 50_000, steps: 500_000 };

  it("decreases linearly after the delay", () => {
    const { value } = epsilonSchedule(document);
    expect([0, 50_000, 300_000, 550_000, 1e6].map(value)).toEqual([1, 1, 0.55, 0.1, 0.1]);
  });

  it("with asPublished jumps where the published script does", () => {
    const published = (step: number) =>
      step <= 50_000 ? 1 : step < 500_000 ? 1 - ((step - 50_000) / 500_000) * 0.9 : 0.1;
    const { value } = epsilonSchedule({ ...document, asPublished: true });
    for (const step of [0, 50_000, 50_001, 123_456, 499_998, 499_999, 500_000, 600_000]) {
      expect(value(step)).toBeCloseTo(published(step), 9);
    }
    expect(value(499_999)).toBeCloseTo(0.19, 5);
  });
});

describe("presets", () => {
  it("have the constants of the document", async () => {
    const env = "Arcade/SpaceInvaders-v0";
    const trainer = new DQNTrainer({ ...adventuresDuelingDQN, env, capacity: 500, seed: 0 });
    expect(trainer.env.observationSpace.shape).toEqual([105, 80, 3]);
    expect(trainer.hyperparameters).toMatchObject({
      learningStarts: 50_000,
      tau: 0.08,
      batchSize: 32,
      gamma: 0.99,
      learningRate: 1e-3,
      maxGradNorm: null,
    });
    expect(adventuresDuelingDQN.capacity).toBe(200_000);
    const total = [...trainer.model.variables.values()].reduce((sum, { size }) => sum + size, 0);
    expect(total).toBe(1_455_415);
    await trainer.close();
  });

  it.each([
    ["adventuresDuelingDQN", adventuresDuelingDQN],
    ["smallAtariDQN", smallAtariDQN],
    ["arcadeSpaceInvadersDQN", arcadeSpaceInvadersDQN],
  ])("%s trains on the built-in game", async (_, preset) => {
    const trainer = new DQNTrainer({
      ...preset,
      env: "Arcade/SpaceInvaders-v0",
      numEnvs: 1,
      capacity: 100,
      learningStarts: 10,
      batchSize: 4,
      seed: 0,
    });
    await trainer.learn({ totalTimesteps: 20 });
    expect(trainer.gradientSteps).toBeGreaterThan(8);
    await trainer.close();
  });
});

it("handles action spaces that do not start at 0", async () => {
  const played = new Set<number>();
  const inner = make("CartPole-v1");
  const env: Env = {
    id: "From3-v0",
    observationSpace: inner.observationSpace,
    actionSpace: new Discrete(2, 3),
    reset: (options) => inner.reset(options),
    step: (action) => {
      played.add(action as number);
      return inner.step((action as number) - 3);
    },
    render: () => inner.render(),
    close: () => inner.close(),
  };
  const trainer = new DQNTrainer({ ...tiny, env: new SyncVectorEnv([() => env]) });
  await trainer.learn({ totalTimesteps: 60 });
  expect([...played].sort()).toEqual([3, 4]);
  expect(trainer.memory.sample(32, new Random(0)).actions.every((action) => action < 2)).toBe(true);
  const { actions } = await trainer.predict(new Float32Array(8), { deterministic: true });
  expect(actions.every((action) => action === 3 || action === 4)).toBe(true);
  await trainer.close();
});
