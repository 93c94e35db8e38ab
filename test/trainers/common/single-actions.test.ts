import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { AtariCloningDataset } from "../../../src/datasets/atari-cloning.js";
import { cloningFileName, writeCloningSequence } from "../../../src/datasets/cloning-format.js";
import { MemoryCloningSource } from "../../../src/datasets/cloning-source.js";
import type { Action, Env, ResetResult, StepResult } from "../../../src/envs/env.js";
import { Categorical, DQNLoss, MultiCategorical, tdTargets } from "../../../src/losses/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { type ActionSpace, Box, Discrete, MultiDiscrete } from "../../../src/spaces/index.js";
import { CloningTrainer, DQNTrainer, PPOTrainer, sequenceCrossEntropy } from "../../../src/trainers/index.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { RecordEpisodeStatistics } from "../../../src/wrappers/index.js";
import { smallModel } from "../cloning-scenario.js";

beforeAll(() => useBackend("wasm"));

/** Rewards the first choice and ends after five steps. */
class SwitchedOffEnv implements Env {
  readonly id = "SwitchedOff";
  readonly observationSpace = new Box({ low: -1, high: 1, shape: [2] });
  private steps = 0;

  constructor(readonly actionSpace: ActionSpace) {}

  reset(): ResetResult {
    this.steps = 0;
    return { observation: Float32Array.of(1, 0), info: {} };
  }

  step(action: Action): StepResult {
    this.steps++;
    const reward = typeof action === "number" ? action : action[0];
    const observation = Float32Array.of(0, this.steps / 5);
    return { observation, reward, terminated: this.steps === 5, truncated: false, info: {} };
  }

  render(): never {
    throw new Error("nothing to see");
  }

  close(): void {}
}

const envOf = (space: ActionSpace) =>
  new SyncVectorEnv([1, 2].map(() => () => new RecordEpisodeStatistics(new SwitchedOffEnv(space))));

describe("an action space with a single action", () => {
  it("as a distribution: probability 1, no entropy, no gradient", () => {
    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) =>
      tf.sum(new Categorical(logits).logProb(tf.zeros([2], "int32"))),
    )(tf.tensor2d([[3], [-2]]));
    expect([...value.dataSync(), ...grad.dataSync()]).toEqual([0, 0, 0]);
    const policy = new MultiCategorical(tf.tensor2d([[0, 0, 0, 7]]), [3, 1]);
    expect(policy.logProb(tf.tensor2d([[2, 0]])).dataSync()[0]).toBeCloseTo(-Math.log(3), 6);
    expect(policy.entropy().dataSync()[0]).toBeCloseTo(Math.log(3), 6);
  });

  it("in DQN: has a value, a target and an error", () => {
    const q = tf.tensor2d([[2], [5]]);
    const targets = tdTargets({
      rewards: tf.tensor1d([1, 1]),
      discounts: tf.tensor1d([0.5, 0]),
      targetQ: q,
      onlineQ: q,
    });
    expect([...targets.dataSync()]).toEqual([2, 1]);
    const { loss, tdErrors } = new DQNLoss().apply({ q, actions: tf.zeros([2], "int32"), targets });
    expect([...tdErrors.dataSync()]).toEqual([0, -4]);
    expect(loss.dataSync()[0]).toBe((0 + 3.5) / 2);
  });

  it("in cloning: the class is always correct", () => {
    const logits = tf.tensor3d([[[4], [-1]]]);
    const actions = tf.zeros<tf.Rank.R2>([1, 2], "int32");
    expect(sequenceCrossEntropy(logits, actions, { classWeights: [2] }).dataSync()[0]).toBe(0);
  });

  it.each([
    ["Discrete(1)", new Discrete(1)],
    ["MultiDiscrete([3, 1])", new MultiDiscrete([3, 1])],
  ])("is trained by PPO: %s", async (_, space) => {
    const trainer = new PPOTrainer({ env: envOf(space), numSteps: 16, batchSize: 16, nEpochs: 2, seed: 0 });
    await trainer.learn({ totalTimesteps: 96 });
    const { actions } = await trainer.predict(Float32Array.of(1, 0), { deterministic: true });
    expect(space.contains(actions.length === 1 ? actions[0] : actions)).toBe(true);
    expect(trainer.iterations).toBe(3);
    await trainer.close();
  });

  it.each([true, false])("is trained by DQN, dueling %s", async (dueling) => {
    const options = { learningStarts: 8, batchSize: 8, stepsPerIteration: 20, seed: 0, dueling };
    const trainer = new DQNTrainer({ ...options, env: envOf(new Discrete(1)) });
    await trainer.learn({ totalTimesteps: 60 });
    expect(trainer.gradientSteps).toBeGreaterThan(4);
    expect((await trainer.predict(Float32Array.of(1, 0))).action).toBe(0);
    await trainer.close();
  });

  it("is cloned", async () => {
    const source = new MemoryCloningSource();
    for (let i = 0; i < 4; i++) {
      const observations = new Uint8Array(3 * 36 * 36 * 4).fill(50 * i);
      const sequence = { observations, actions: new Int32Array(3), shape: [36, 36, 4] };
      await source.write(cloningFileName("train", i), writeCloningSequence(sequence));
    }
    const dataset = await AtariCloningDataset.open(source);
    const model = smallModel({ numActions: 1 });
    const trainer = new CloningTrainer({ model, dataset, batchSize: 2, seed: 0 });
    await trainer.learn({ epochs: 2 });
    expect(trainer.lastEpoch?.accuracy).toBe(1);
    await trainer.close();
  });
});
