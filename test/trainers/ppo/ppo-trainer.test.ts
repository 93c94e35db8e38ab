import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { CfCActorCritic, MlpActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import {
  cartPoleNoVelPPO,
  cartPolePPO,
  evaluatePolicy,
  type PPOOptions,
  type PPOPreset,
  PPOTrainer,
} from "../../../src/trainers/index.js";
import { makeVecEnv } from "../../../src/vector/make-vec-env.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { MemoryEnv } from "../memory-env.js";

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

const small: PPOPreset = { ...cartPolePPO, numEnvs: 4, numSteps: 16, batchSize: 32, nEpochs: 2 };
const recurrent: PPOPreset = {
  ...small,
  sequenceLength: 8,
  model: (spaces) => new CfCActorCritic({ ...spaces, units: 8, backboneUnits: 16, hiddenUnits: [] }),
};

async function rows(made: PPOTrainer, totalTimesteps: number): Promise<LogRow[]> {
  const written: LogRow[] = [];
  await made.learn({ totalTimesteps, logger: new Logger([{ write: (row) => written.push(row) }]) });
  return written;
}

const weights = (made: PPOTrainer) =>
  [...made.model.variables].map(([name, v]) => [name, Array.from(v.dataSync())]);

describe("first minibatch", () => {
  const cases: [string, PPOPreset, string][] = [
    ["feed-forward", small, "CartPole-v1"],
    ["recurrent, resets inside sequences", { ...recurrent, sequenceLength: 16 }, "CartPoleNoVel-v1"],
    ["recurrent, stored states", { ...recurrent, sequenceLength: 5 }, "CartPoleNoVel-v1"],
    ["recurrent, cut at episodes", { ...recurrent, cutAtEpisodes: true }, "CartPoleNoVel-v1"],
    [
      "recurrent, RLlib's slices",
      { ...recurrent, cutAtEpisodes: true, minibatchMode: "rllib" },
      "CartPoleNoVel-v1",
    ],
  ];
  it.each(cases)("has ratio 1: %s", async (_, preset, env) => {
    const made = trainer({ ...preset, env, seed: 3, numSteps: 48 });
    const written = await rows(made, 48 * 4 * 6);
    expect(made.episodes.count).toBeGreaterThan(10); // episodes ended inside the rollouts
    for (const row of written) expect(row["train/first_ratio_deviation"]).toBeLessThan(1e-4);
  });

  it("is followed by the same update whether episodes are cut and padded or reset inside sequences", async () => {
    const whole = {
      ...recurrent,
      env: "CartPoleNoVel-v1",
      seed: 4,
      numSteps: 48,
      sequenceLength: 48,
      nEpochs: 1,
      batchSize: 4 * 48,
    };
    const models: number[][] = [];
    for (const cutAtEpisodes of [true, false]) {
      const made = trainer({ ...whole, cutAtEpisodes });
      await made.learn({ totalTimesteps: 4 * 48 });
      expect(made.episodes.count).toBeGreaterThan(3);
      models.push([...made.model.variables.values()].flatMap((variable) => Array.from(variable.dataSync())));
    }
    models[0].forEach((weight, i) => {
      expect(weight).toBeCloseTo(models[1][i], 5);
    });
  });

  it("has a ratio other than 1 when the state is wrong", async () => {
    const made = trainer({ ...recurrent, env: "CartPoleNoVel-v1", seed: 3, sequenceLength: 8 });
    const apply = made.model.apply.bind(made.model);
    made.model.apply = (x, options) =>
      apply(x, x.shape[1] === 8 ? { ...options, state: undefined } : options);
    const written = await rows(made, 16 * 4 * 2);
    expect(written.at(-1)!["train/first_ratio_deviation"]).toBeGreaterThan(1e-4);
  });
});

describe("learning", () => {
  it("learns to repeat a remembered observation, which a network without memory cannot", async () => {
    const env = () => new SyncVectorEnv(Array.from({ length: 8 }, () => () => new MemoryEnv()));
    const preset = {
      ...cartPoleNoVelPPO,
      numSteps: 32,
      batchSize: 128,
      learningRate: 3e-3,
      sequenceLength: 16,
    };
    const solve = async (model: PPOPreset["model"]) => {
      const made = trainer({ ...preset, model, env: env(), seed: 1 });
      await made.learn({ totalTimesteps: 12_000 });
      return (await evaluatePolicy(made, env(), { numEpisodes: 100, seed: 9 })).meanReturn;
    };
    expect(
      await solve((spaces) => new CfCActorCritic({ ...spaces, units: 16, backboneUnits: 32 })),
    ).toBeGreaterThan(0.95);
    expect(await solve((spaces) => new MlpActorCritic({ ...spaces, hiddenUnits: [16] }))).toBeLessThan(0.75);
  });

  it("improves the return in CartPole several times over in 25 000 steps", { timeout: 240_000 }, async () => {
    const made = trainer({ ...cartPolePPO, env: "CartPole-v1", seed: 0 });
    await made.learn({ totalTimesteps: 25_000 });
    const env = makeVecEnv("CartPole-v1", { numEnvs: 10 });
    const { meanReturn } = await evaluatePolicy(made, env, { numEpisodes: 20, seed: 5 });
    await env.close();
    expect(meanReturn).toBeGreaterThan(150); // a random policy has about 22
  });
});

describe("determinism and checkpoints", () => {
  it("equal seeds give equal runs, different seeds different ones", async () => {
    const runs = [];
    for (const seed of [5, 5, 6]) {
      const made = trainer({ ...recurrent, env: "CartPoleNoVel-v1", seed });
      const last = (await rows(made, 192)).at(-1)!;
      runs.push({ weights: weights(made), loss: last["train/loss"] });
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2].weights).not.toEqual(runs[0].weights);
  });

  it("continues from a checkpoint exactly like the uninterrupted run", async () => {
    for (const preset of [small, recurrent]) {
      const options = { ...preset, learningRate: 1e-3, clipRange: 0.2, env: "CartPoleNoVel-v1", seed: 11 };
      const whole = trainer(options);
      await whole.learn({ totalTimesteps: 128 });
      const store = new MemoryCheckpointStore();
      await whole.save({ store, name: "middle" });
      await whole.predict(new Float32Array(2)); // predict in between must not matter
      await whole.learn({ totalTimesteps: 128 });

      const resumed = await PPOTrainer.load({ store, name: "middle" }, { ...options, seed: 99 });
      trainers.push(resumed);
      expect(resumed.numTimesteps).toBe(128);
      await resumed.learn({ totalTimesteps: 128 });
      expect(weights(resumed)).toEqual(weights(whole));
      expect(resumed.episodes.getState()).toEqual(whole.episodes.getState());
    }
  });

  it("rejects a checkpoint of another architecture and names the weight", async () => {
    const store = new MemoryCheckpointStore();
    await trainer({ ...small, env: "CartPole-v1", seed: 0 }).save({ store, name: "a" });
    const other: PPOPreset["model"] = (spaces) => new MlpActorCritic({ ...spaces, hiddenUnits: [7] });
    await expect(
      PPOTrainer.load({ store, name: "a" }, { ...small, model: other, env: "CartPole-v1" }),
    ).rejects.toThrow(/policy|value|weight/);
  });
});

describe("predict", () => {
  it("keeps one state per row and resets it where an episode starts", async () => {
    const made = trainer({ ...recurrent, env: "CartPoleNoVel-v1", seed: 2 });
    const observations = Float32Array.of(0.1, 0.2, -0.3, 0.4);
    const fresh = await made.predict(observations, { deterministic: true });
    expect(fresh.state!.length).toBe(2 * 8);
    const next = await made.predict(observations, {
      state: fresh.state,
      episodeStart: [1, 0],
      deterministic: true,
    });
    expect(Array.from(next.state!.subarray(0, 8))).toEqual(Array.from(fresh.state!.subarray(0, 8)));
    expect(Array.from(next.state!.subarray(8))).not.toEqual(Array.from(fresh.state!.subarray(8)));
    const single = await made.predict(observations.subarray(2), { deterministic: true });
    expect(single.action).toBe(fresh.actions[1]);
    single.state!.forEach((value, i) => {
      expect(value).toBeCloseTo(fresh.state![8 + i], 6);
    });
  });

  it("throws a ShapeError for wrong shapes", async () => {
    const made = trainer({ ...recurrent, env: "CartPoleNoVel-v1" });
    await expect(made.predict(new Float32Array(3))).rejects.toThrow(/observations.*\[batch, 2\]/);
    await expect(made.predict(new Float32Array(2), { state: new Float32Array(3) })).rejects.toThrow(
      /state.*\[1, 8\]/,
    );
  });
});

describe("errors and memory", () => {
  it("names unknown and invalid options", () => {
    const bad = (options: object) => () =>
      new PPOTrainer({ ...small, env: "CartPole-v1", ...options } as PPOOptions);
    expect(bad({ gama: 0.9 })).toThrow(/gama.*gamma/);
    expect(bad({ gamma: 2 })).toThrow(/gamma: expected a number in 0\.\.1, received 2/);
    expect(bad({ batchSize: 0 })).toThrow(/batchSize/);
    expect(bad({ env: "CartPol-v1" })).toThrow(/CartPole-v1/);
    expect(
      bad({
        model: (s: never) =>
          new MlpActorCritic({
            ...(s as object),
            observationSpace: makeVecEnv("CartPoleNoVel-v1", { numEnvs: 1 }).observationSpace,
          } as never),
      }),
    ).toThrow(/model.*\[4\]/);
  });

  it("learn requires totalTimesteps or hours", async () => {
    await expect(trainer({ ...small, env: "CartPole-v1" }).learn({})).rejects.toThrow(
      /totalTimesteps or hours/,
    );
  });

  it("throws a typed error when the weights diverge, and keeps the last finite ones", async () => {
    const made = trainer({ ...small, env: "CartPole-v1", seed: 0, maxGradNorm: null });
    await made.learn({ totalTimesteps: 64 });
    const before = weights(made);
    const reward = Number.NaN;
    made.env.step = async () => ({
      observations: new Float32Array(16),
      infos: [{}, {}, {}, {}],
      rewards: new Float32Array(4).fill(reward),
      terminated: new Uint8Array(4),
      truncated: new Uint8Array(4),
      finalObservations: [null, null, null, null],
    });
    await expect(made.learn({ totalTimesteps: 64 })).rejects.toThrow(
      expect.objectContaining({ code: "NON_FINITE" }),
    );
    expect(weights(made)).toEqual(before);
  });

  it("keeps the number of tensors constant over 200 updates", async () => {
    const made = trainer({ ...recurrent, env: "CartPoleNoVel-v1", seed: 0, numSteps: 8, nEpochs: 1 });
    await made.learn({ totalTimesteps: 32 * 3 });
    const before = tf.memory().numTensors;
    await made.learn({ totalTimesteps: 32 * 200 });
    await made.predict(new Float32Array(2));
    expect(tf.memory().numTensors).toBe(before);
  });

  it("lets a callback end the training", async () => {
    const made = trainer({ ...small, env: "CartPole-v1" });
    await made.learn({
      totalTimesteps: 1e6,
      callbacks: [{ onUpdateEnd: ({ iterations }) => iterations < 3 }],
    });
    expect(made.iterations).toBe(3);
  });
});
