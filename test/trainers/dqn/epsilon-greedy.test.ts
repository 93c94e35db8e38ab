import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { constantSchedule } from "../../../src/core/schedules.js";
import { MlpQNetwork } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { EpsilonGreedy, type EpsilonGreedyOptions } from "../../../src/trainers/dqn/epsilon-greedy.js";

const hyperparameters = { explorationFraction: 0.5, explorationInitialEps: 1, explorationFinalEps: 0.2 };
const actionSpace = new Discrete(3, 5);
const make = (changed: Partial<EpsilonGreedyOptions> = {}) =>
  new EpsilonGreedy({
    model: new MlpQNetwork({
      observationSpace: new Box({ low: -1, high: 1, shape: [2] }),
      actionSpace,
      hiddenUnits: [8],
      seed: 1,
    }),
    actionSpace,
    hyperparameters,
    ...changed,
  });

describe("EpsilonGreedy", () => {
  beforeAll(() => useBackend("wasm"));

  it("explores less with progress, down to its final rate", () => {
    const rates = [0, 0.25, 0.5, 1].map((progress) => make().rate(progress, 0));
    rates.forEach((rate, i) => {
      expect(rate).toBeCloseTo([1, 0.6, 0.2, 0.2][i], 12);
    });
    const at = make({ hyperparameters: { ...hyperparameters, explorationFraction: 0 } });
    expect(at.rate(0, 0)).toBeCloseTo(0.2, 12);
    expect(make({ schedule: constantSchedule(0.7) }).rate(1, 1000)).toBe(0.7);
  });

  it("takes the actions of the greatest values where it does not explore, and leaves no tensors", async () => {
    const model = make();
    const observations = Float32Array.of(0.1, -0.3, 0.9, 0.2, -1, 1);
    const best = await model.best(observations, 3);
    const before = tf.memory().numTensors;
    expect(await model.choose(observations, 3, 0, new Random(1))).toEqual(best);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("explores each environment by itself, with its probability, over all actions", async () => {
    const [policy, random] = [make(), new Random(3)];
    const batch = 6000;
    const observations = new Float32Array(2 * batch).fill(0.5);
    const [best] = await policy.best(observations.subarray(0, 2), 1);
    const counts = [0, 0, 0];
    for (const action of await policy.choose(observations, batch, 0.3, random)) counts[action]++;
    counts.forEach((count, action) => {
      expect(Math.abs(count / batch - (action === best ? 0.8 : 0.1))).toBeLessThan(0.03);
    });
    expect(new Set(policy.randomActions(100, random))).toEqual(new Set([0, 1, 2]));
  });

  it("asks no network when all explore, and counts actions from the first of the space", async () => {
    const model = { numActions: 3, apply: () => expect.unreachable() } as never;
    const policy = make({ model });
    expect(await policy.choose(new Float32Array(4), 2, 1, new Random(1))).toHaveLength(2);
    expect([...policy.forEnv(Int32Array.of(0, 2))]).toEqual([5, 7]);
  });
});
