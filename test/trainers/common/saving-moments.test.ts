/** Tests of saving at times that are not between two steps of a training. */

import { beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore, readCheckpoint } from "../../../src/checkpoints/index.js";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import type { StateRecord } from "../../../src/core/state.js";
import type { Env } from "../../../src/envs/env.js";
import { make, register } from "../../../src/envs/registry.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { DQNTrainer, PPOTrainer, type TrainerCallback } from "../../../src/trainers/index.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { FrameStack } from "../../../src/wrappers/index.js";

beforeAll(() => useBackend("cpu"));

const ppo = { env: "CartPole-v1", numEnvs: 2, numSteps: 8, batchSize: 8, nEpochs: 1, seed: 5 };
const dqn = { env: "CartPole-v1", numEnvs: 2, learningStarts: 10, capacity: 100, seed: 5 };

const place = () => ({ store: new MemoryCheckpointStore(), name: "run" });
const weightsOf = (trainer: PPOTrainer | DQNTrainer) => trainer.getState().model as StateRecord;

const trainers = {
  PPO: { make: () => new PPOTrainer(ppo), load: PPOTrainer.load, resume: PPOTrainer.resume },
  DQN: { make: () => new DQNTrainer(dqn), load: DQNTrainer.load, resume: DQNTrainer.resume },
};

// An environment that cannot be saved.
function fleeting(): Env {
  const { id, observationSpace, actionSpace, reset, step, render, close } = bound(make("CartPole-v1"));
  return { id, observationSpace, actionSpace, reset, step, render, close };
}

function bound(env: Env): Env {
  const { id, observationSpace, actionSpace } = env;
  return {
    id,
    observationSpace,
    actionSpace,
    reset: (options) => env.reset(options),
    step: (action) => env.step(action),
    render: () => env.render(),
    close: () => env.close(),
  };
}

describe.each(Object.entries(trainers))("%s", (_, { make: makeTrainer, load, resume }) => {
  it("saved before its first training: learns the same after loading", async () => {
    const to = place();
    const first = makeTrainer();
    await first.save(to);
    await first.learn({ totalTimesteps: 48 });
    const second = await load(to);
    await second.learn({ totalTimesteps: 48 });
    expect(weightsOf(second)).toEqual(weightsOf(first));
    await first.close();
    await second.close();
  });

  it("resumed and immediately saved again: keeps its goal and callback states", async () => {
    const [one, two] = [place(), place()];
    const seen: number[] = [];
    const counting = (): TrainerCallback => {
      let steps = 0;
      return {
        name: "counting",
        onStep: () => ++steps !== 10,
        onTrainingEnd: () => void seen.push(steps),
        getState: () => ({ steps }),
        setState: (state) => {
          steps = state.steps as number;
        },
      };
    };
    const first = makeTrainer();
    await first.learn({ totalTimesteps: 48, callbacks: [counting()] });
    await first.save(one);
    const second = await resume(one);
    await second.save(two);
    const third = await resume(two);
    await third.learn({ callbacks: [counting()] });
    expect(third.numTimesteps).toBe(48);
    expect(seen).toEqual([10, 24]);
    for (const trainer of [first, second, third]) await trainer.close();
  });
});

it.each([
  ["PPO", () => new PPOTrainer(ppo), PPOTrainer.resume],
  ["DQN", () => new DQNTrainer(dqn), DQNTrainer.resume],
])(
  "%s saves the state at the moment of the call, whether or not the save is awaited",
  async (_, makeTrainer, resume) => {
    const { store } = place();
    const first = makeTrainer();
    const saves: Promise<string>[] = [];
    const onStep: TrainerCallback["onStep"] = ({ trainer, numTimesteps }) => {
      if (numTimesteps % 12 === 0) saves.push(trainer.save({ store, name: `at${numTimesteps}` }));
    };
    await first.learn({ totalTimesteps: 60, callbacks: [{ onStep }] });
    await Promise.all(saves);
    for (const at of [12, 24, 36, 48]) {
      const second = await resume({ store, name: `at${at}` });
      expect(second.numTimesteps).toBe(at);
      await second.learn();
      expect(weightsOf(second)).toEqual(weightsOf(first));
      await second.close();
    }
    await first.close();
  },
);

it("DQN on stacked frames resumes early in training without its memory", async () => {
  const to = place();
  const wrapper = (env: Env) => new FrameStack(env, { numStack: 4 });
  const first = new DQNTrainer({ ...dqn, wrapper, numStack: 4, saveReplayMemory: false });
  await first.learn({ totalTimesteps: 40, callbacks: [{ onStep: ({ numTimesteps }) => numTimesteps < 10 }] });
  await first.save(to);
  const second = await DQNTrainer.resume(to, { wrapper });
  // The stacks that the memory builds equal those of the episodes, whose earlier frames were never added to it.
  const { observations } = second.getState();
  const built = [0, 1].flatMap((env) => [...(second.memory.latest(env) as Float32Array)]);
  expect(built).toEqual([...(observations as Float32Array)]);
  await second.learn();
  expect(second.numTimesteps).toBe(40);
  await first.close();
  await second.close();
});

it("DQN saved at the end of an iteration, before its row: the resumed iteration has no extra steps", async () => {
  const to = place();
  const ends: number[][] = [[], []];
  const watch = (run: number): TrainerCallback => ({
    onUpdateEnd: ({ numTimesteps }) => void ends[run].push(numTimesteps),
    onRolloutEnd: async ({ trainer, numTimesteps }) => {
      if (run === 0 && numTimesteps === 20) await trainer.save(to);
    },
  });
  const first = new DQNTrainer({ ...dqn, stepsPerIteration: 20 });
  await first.learn({ totalTimesteps: 60, callbacks: [watch(0)] });
  const second = await DQNTrainer.resume(to);
  await second.learn({ callbacks: [watch(1)] });
  expect(ends[1]).toEqual(ends[0]);
  await first.close();
  await second.close();
});

it("environments that could not be saved: two runs resumed from one checkpoint are equal, with new episodes", async () => {
  const to = place();
  const seeds: unknown[] = [];
  const env = () => {
    const one = fleeting();
    return new SyncVectorEnv([
      () => ({
        ...one,
        reset: (options) => {
          if (options?.seed !== undefined) seeds.push(options.seed);
          return one.reset(options);
        },
      }),
    ]);
  };
  const first = new PPOTrainer({ ...ppo, env: env() });
  await first.learn({ totalTimesteps: 24 });
  await first.save(to);
  await first.close();
  const weights: StateRecord[] = [];
  for (let i = 0; i < 2; i++) {
    const trainer = await PPOTrainer.load(to, { env: env() });
    await trainer.learn({ totalTimesteps: 24 });
    weights.push(weightsOf(trainer));
    await trainer.close();
  }
  expect(weights[1]).toEqual(weights[0]);
  expect(seeds[2]).toBe(seeds[1]);
  expect(seeds[1]).not.toBe(seeds[0]);
});

it("PPO with environments that cannot be saved resumes with new episodes: no rollout, no old returns", async () => {
  const make = () =>
    new PPOTrainer({ ...ppo, normalizeReward: true, env: new SyncVectorEnv([fleeting, fleeting]) });
  const stopAt = (steps: number): TrainerCallback => ({ onStep: ({ numTimesteps }) => numTimesteps < steps });
  const [live, fresh] = [make(), make()];
  await live.learn({ totalTimesteps: 160, callbacks: [stopAt(38)] }); // 3 steps of the third rollout
  const state = live.getState();
  await live.learn({ totalTimesteps: 160, callbacks: [stopAt(42)] });
  const learnt: StateRecord[] = [];
  for (const trainer of [live, fresh]) {
    const returns: unknown[] = [];
    trainer.setState(state);
    await trainer.learn({
      totalTimesteps: 32,
      callbacks: [
        {
          onTrainingStart: () => void returns.push((trainer.getState().rewardScaler as StateRecord).returns),
        },
      ],
    });
    expect(returns).toEqual([new Float64Array(2)]);
    expect([trainer.numTimesteps, trainer.iterations]).toEqual([70, 4]);
    learnt.push(weightsOf(trainer));
  }
  expect(learnt[0]).toEqual(learnt[1]);
  await live.close();
  await fresh.close();
});

register("Open-v0", () => make("CartPole-v1"), { savedOptions: ["limits"] }); // takes any options

it("infinite numbers are restored", async () => {
  const to = place();
  const infinite = Number.POSITIVE_INFINITY;
  const envOptions = { limits: [-infinite, infinite] };
  const first = new PPOTrainer({
    ...ppo,
    env: "Open-v0",
    envOptions,
    clipRewards: { limit: infinite },
    maxGradNorm: infinite,
  });
  await first.save(to);
  const second = await PPOTrainer.load(to);
  expect(second.hyperparameters).toEqual(first.hyperparameters);
  await second.save(to);
  expect((await readCheckpoint(to.store, to.name)).config.envOptions).toEqual(envOptions);
  await first.close();
  await second.close();
});

it("environment options that contain a function have to be passed again", async () => {
  const to = place();
  const envOptions = { onGoal: () => {} };
  const first = new DQNTrainer({ ...dqn, env: "Open-v0", envOptions });
  await first.save(to);
  await expect(DQNTrainer.resume(to)).rejects.toThrow(/^envOptions: .*again/);
  const second = await DQNTrainer.load(to, { envOptions });
  await first.close();
  await second.close();
});

it("the function that selects the weights to decay has to be passed again", async () => {
  const to = place();
  const adam = { weightDecay: 0.1, decays: (name: string) => !name.endsWith("bias") };
  const first = new PPOTrainer({ ...ppo, adam });
  await first.learn({ totalTimesteps: 16 });
  await first.save(to);
  const asked = PPOTrainer.load(to);
  await expect(asked).rejects.toThrow(InvalidArgumentError);
  await expect(asked).rejects.toThrow(/adam: .*"decays".*again/);
  const second = await PPOTrainer.load(to, { adam });
  for (const trainer of [first, second]) await trainer.learn({ totalTimesteps: 16 });
  expect(weightsOf(second)).toEqual(weightsOf(first));
  await first.close();
  await second.close();
});
