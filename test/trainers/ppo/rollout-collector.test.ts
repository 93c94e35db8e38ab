import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { EpisodeWindow } from "../../../src/core/episode-window.js";
import { Random } from "../../../src/core/random.js";
import type { Env, StepResult } from "../../../src/envs/env.js";
import { GAE } from "../../../src/losses/index.js";
import { RolloutBuffer } from "../../../src/memory/index.js";
import type { ActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { ModelRunner } from "../../../src/trainers/ppo/model-runner.js";
import { RewardScaler } from "../../../src/trainers/ppo/reward-scaler.js";
import {
  RolloutCollector,
  type RolloutCollectorOptions,
} from "../../../src/trainers/ppo/rollout-collector.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";

beforeAll(async () => {
  await useBackend("cpu");
});

/** Counts its steps; ends after `length` of them in the given way and gives a reward of 3 per step. */
class Counter implements Env {
  readonly id = "Counter-v0";
  readonly observationSpace = new Box({ low: 0, high: 1000, shape: [1] });
  readonly actionSpace = new Discrete(2);
  private time = 0;
  constructor(
    private readonly length: number,
    private readonly end: "terminated" | "truncated",
  ) {}
  reset() {
    this.time = 0;
    return { observation: Float32Array.of(0), info: {} };
  }
  step(): StepResult {
    this.time++;
    const ended = this.time === this.length;
    return {
      observation: Float32Array.of(this.time),
      reward: 3,
      terminated: ended && this.end === "terminated",
      truncated: ended && this.end === "truncated",
      info: ended ? { episode: { return: 3 * this.time, length: this.time } } : {},
    };
  }
  render() {
    return { height: 1, width: 1, data: new Uint8Array(3) };
  }
  close() {}
}

/** A model whose state is the sum of its observations and whose value is observation + 100 * previous state. */
const model: ActorCritic = {
  observationShape: [1],
  distributionSize: 2,
  stateSize: 1,
  variables: new Map(),
  apply(x, { state } = {}) {
    const [batch] = x.shape;
    const inputs = tf.reshape(x, [batch, 1]) as tf.Tensor2D;
    const before = state ?? (tf.zeros([batch, 1]) as tf.Tensor2D);
    return {
      distribution: tf.zeros([batch, 1, 2]) as tf.Tensor3D,
      values: tf.add(inputs, tf.mul(before, 100)) as tf.Tensor2D,
      state: tf.add(before, inputs) as tf.Tensor2D,
    };
  },
  toJSON: () => ({ className: "Sum", config: {} }),
  dispose() {},
};

async function collect(end: "terminated" | "truncated", options: Partial<RolloutCollectorOptions> = {}) {
  const env = new SyncVectorEnv([() => new Counter(3, end), () => new Counter(4, end)]);
  const episodes = new EpisodeWindow();
  const buffer = new RolloutBuffer({
    numEnvs: 2,
    numSteps: 5,
    observationShape: [1],
    observationDtype: "float32",
    distributionSize: 2,
    stateSize: 1,
  });
  const collector = new RolloutCollector({
    env,
    model,
    runner: new ModelRunner(model),
    buffer,
    gae: new GAE({ gamma: 0.9, lambda: 0.8 }),
    random: new Random(0),
    episodes,
    clipRewards: false,
    bootstrapTruncated: true,
    ...options,
  });
  await collector.collect();
  return { buffer, collector, episodes };
}

describe("RolloutCollector", () => {
  it("stores the data of acting: observations, states reset at starts, flags, statistics", async () => {
    const { buffer, episodes } = await collect("terminated");
    expect(Array.from(buffer.observations)).toEqual([0, 1, 2, 0, 1, 0, 1, 2, 3, 0]);
    expect(Array.from(buffer.states)).toEqual([0, 0, 1, 0, 0, 0, 0, 1, 3, 0]);
    expect(Array.from(buffer.values)).toEqual([0, 1, 102, 0, 1, 0, 1, 102, 303, 0]);
    expect(Array.from(buffer.episodeStarts)).toEqual([1, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
    expect(Array.from(buffer.terminated)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
    expect(Array.from(buffer.lastValues)).toEqual([2 + 100 * 1, 1]);
    expect(buffer.logProbs[0]).toBeCloseTo(Math.log(0.5), 6);
    expect([episodes.count, episodes.meanReturn, episodes.meanLength]).toEqual([2, 10.5, 3.5]);
  });

  it("values the final observation of a truncated episode with the state before its reset", async () => {
    const { buffer } = await collect("truncated");
    expect(Array.from(buffer.truncated)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
    expect(Array.from(buffer.terminated)).toEqual(Array(10).fill(0));
    expect(buffer.finalValues[2]).toBe(3 + 100 * (0 + 1 + 2));
    expect(buffer.finalValues[8]).toBe(4 + 100 * (0 + 1 + 2 + 3));
  });

  it("with bootstrapTruncated: false treats truncation as termination", async () => {
    const { buffer } = await collect("truncated", { bootstrapTruncated: false });
    expect(Array.from(buffer.terminated)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
    expect(buffer.truncated.includes(1)).toBe(false);
  });

  it("clips and scales rewards for training, not for reported returns", async () => {
    const clipped = await collect("terminated", { clipRewards: "sign" });
    expect(Array.from(clipped.buffer.rewards)).toEqual(Array(10).fill(1));
    expect(clipped.episodes.meanReturn).toBe(10.5);
    expect((await collect("terminated", { clipRewards: { limit: 2 } })).buffer.rewards[0]).toBe(2);
    const rewardScaler = new RewardScaler({ numEnvs: 2, gamma: 0.9 });
    const scaled = await collect("terminated", { rewardScaler });
    expect(scaled.buffer.rewards[4]).toBeLessThan(3);
    expect(scaled.buffer.rewards[4]).toBeGreaterThan(0);
  });

  it("carries episodes and states from one rollout to the next, also through its state", async () => {
    const { buffer, collector } = await collect("terminated");
    const state = collector.getState();
    expect(state).toEqual({
      observations: Float32Array.of(2, 1),
      states: Float32Array.of(1, 0),
      episodeStarts: Uint8Array.of(0, 0),
      step: buffer.numSteps,
    });
    buffer.reset();
    await collector.collect();
    expect(Array.from(buffer.observations.subarray(0, 2))).toEqual([2, 0]);
    collector.setState(state);
    expect(collector.getState()).toEqual(state);
  });

  it("estimates advantages only when the rollout is complete, and continues an interrupted one", async () => {
    const { buffer, collector } = await collect("terminated");
    const { advantages } = new GAE({ gamma: 0.9, lambda: 0.8 }).compute(buffer);
    expect(buffer.advantages).toEqual(advantages);
    buffer.reset();
    expect(await collector.collect(() => buffer.position < 2)).toBe(false);
    expect(buffer.position).toBe(2);
    expect(await collector.collect()).toBe(true);
    expect(buffer.full).toBe(true);
  });
});
