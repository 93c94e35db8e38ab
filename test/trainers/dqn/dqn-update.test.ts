import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { NonFiniteError } from "../../../src/core/errors.js";
import { Random } from "../../../src/core/random.js";
import { ReplayMemory } from "../../../src/memory/index.js";
import { MlpQNetwork } from "../../../src/models/index.js";
import { SGD } from "../../../src/optimizers/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { type DQNHyperparameters, dqnDefaults } from "../../../src/trainers/dqn/dqn-options.js";
import { DQNUpdate } from "../../../src/trainers/dqn/dqn-update.js";

const spaces = {
  observationSpace: new Box({ low: -1, high: 1, shape: [3] }),
  actionSpace: new Discrete(2),
};

function setup(changed: Partial<DQNHyperparameters> = {}, reward = 1) {
  const [model, target] = [1, 2].map((seed) => new MlpQNetwork({ ...spaces, hiddenUnits: [4], seed }));
  const memory = new ReplayMemory({ capacity: 40, observationShape: [3], observationDtype: "float32" });
  const random = new Random(7);
  const observe = () => Float32Array.from({ length: 3 }, () => random.uniform(-1, 1));
  memory.start(0, observe());
  for (let i = 0; i < 30; i++) {
    const terminated = i % 5 === 4;
    memory.add(0, {
      action: i % 2,
      reward: reward * i,
      nextObservation: observe(),
      terminated,
      truncated: false,
    });
    if (terminated) memory.start(0, observe());
  }
  const hyperparameters = { ...dqnDefaults, maxGradNorm: null, ...changed };
  const optimizer = new SGD();
  const update = new DQNUpdate({ model, target, optimizer, hyperparameters });
  const free = () => [model, target, optimizer].forEach((part) => void part.dispose());
  return { update, model, target, batch: memory.sample(16, new Random(1)), free };
}

describe("DQNUpdate", () => {
  beforeAll(() => useBackend("wasm"));

  it.each([true, false])("tells the errors of its batch by the formula, double %s", async (double) => {
    const { update, model, target, batch, free } = setup({ double, huberDelta: null });
    const of = (network: MlpQNetwork, observations: ArrayLike<number>) =>
      tf.tidy(() => network.apply(tf.tensor2d(Float32Array.from(observations), [16, 3])).arraySync());
    const [q, online, following] = [
      of(model, batch.observations),
      of(model, batch.nextObservations),
      of(target, batch.nextObservations),
    ];
    const expected = Array.from(batch.actions, (action, i) => {
      const chosen = (double ? online : following)[i];
      const value = following[i][chosen.indexOf(Math.max(...chosen))];
      return batch.rewards[i] + batch.discounts[i] * value - q[i][action];
    });
    const { loss, meanQ, tdErrors } = await update.step(batch, 0.01);
    expected.forEach((error, i) => {
      expect(tdErrors[i]).toBeCloseTo(error, 3);
    });
    expect(loss).toBeCloseTo(expected.reduce((sum, error) => sum + 0.5 * error ** 2, 0) / 16, 1);
    expect(meanQ).toBeCloseTo(
      Array.from(batch.actions, (a, i) => q[i][a]).reduce((x, y) => x + y, 0) / 16,
      4,
    );
    free();
  });

  it("changes the trained network alone, lowers the loss, and leaves no tensors", async () => {
    const { update, target, batch, free } = setup();
    const before = [...target.variables.values()].map((variable) => variable.dataSync().slice());
    const first = await update.step(batch, 0.05);
    const tensors = tf.memory().numTensors;
    let last = first;
    for (let i = 0; i < 30; i++) last = await update.step(batch, 0.05);
    expect(last.loss).toBeLessThan(first.loss);
    expect(tf.memory().numTensors).toBe(tensors);
    expect([...target.variables.values()].map((variable) => variable.dataSync().slice())).toEqual(before);
    free();
  });

  it("throws where a number is none, and leaves the weights as they were", async () => {
    const { update, model, batch, free } = setup();
    batch.rewards[3] = Number.NaN;
    const before = [...model.variables.values()].map((variable) => variable.dataSync().slice());
    await expect(update.step(batch, 0.05)).rejects.toThrow(NonFiniteError);
    expect([...model.variables.values()].map((variable) => variable.dataSync().slice())).toEqual(before);
    free();
  });
});
