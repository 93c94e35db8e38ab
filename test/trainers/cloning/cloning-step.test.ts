import * as tf from "@tensorflow/tfjs-core";
import { Adam } from "tfjs-training";
import { beforeAll, describe, expect, it } from "vitest";
import { NonFiniteError } from "../../../src/core/errors.js";
import type { CloningBatch } from "../../../src/datasets/cloning-batches.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { learnBatch, measureBatch } from "../../../src/trainers/cloning/cloning-step.js";
import { barData, smallModel } from "../cloning-scenario.js";

const numbers = { learningRate: 3e-3, maxGradNorm: 1, classWeights: null };

/** A batch of sequences of different lengths. */
async function padded(): Promise<CloningBatch> {
  const { dataset } = await barData({ train: 4, steps: (i) => 2 + (i % 2) });
  return dataset.batches({ batchSize: 4, shuffle: false }).next();
}

describe("a minibatch of imitation", () => {
  beforeAll(() => useBackend("wasm"));

  it("is measured over its real steps", async () => {
    const [model, batch] = [smallModel(), await padded()];
    const { loss, correct, count, gradNorm } = await measureBatch(model, batch);
    expect([count, gradNorm]).toEqual([2 + 3 + 2 + 3, 0]);
    const shape = [batch.batch, batch.steps];
    const logProbs = tf.tidy(() => {
      const x = tf.tensor(batch.observations, [...shape, ...batch.shape]);
      return tf
        .logSoftmax(model.apply(x, { mask: tf.tensor2d(batch.mask!, shape as [number, number]) }).logits)
        .arraySync() as number[][][];
    });
    let [sum, right] = [0, 0];
    batch.mask!.forEach((real, i) => {
      const row = logProbs[Math.floor(i / batch.steps)][i % batch.steps];
      sum -= real * row[batch.actions[i]];
      right += real && row.indexOf(Math.max(...row)) === batch.actions[i] ? 1 : 0;
    });
    expect(loss).toBeCloseTo(sum / count, 4);
    expect(correct).toBe(right);
    model.dispose();
  });

  it("is learned from: the same loss first, a lower one later, and no tensors left", async () => {
    const [model, batch, optimizer] = [smallModel(), await padded(), new Adam()];
    const before = await measureBatch(model, batch);
    const first = await learnBatch(model, optimizer, batch, numbers);
    expect(first.loss).toBeCloseTo(before.loss, 5);
    expect(first.gradNorm).toBeGreaterThan(0);
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) await learnBatch(model, optimizer, batch, numbers);
    expect(tf.memory().numTensors).toBe(tensors);
    expect((await measureBatch(model, batch)).loss).toBeLessThan(before.loss);
    optimizer.dispose();
    model.dispose();
  });

  it("names actions that the model has not, and losses that are no number", async () => {
    const [model, batch, optimizer] = [smallModel(), await padded(), new Adam()];
    model.variables.get("logits/bias")!.assign(tf.fill([4], Number.NaN));
    await expect(learnBatch(model, optimizer, batch, numbers)).rejects.toThrow(NonFiniteError);
    batch.actions[1] = 4;
    await expect(measureBatch(model, batch)).rejects.toThrow(/it holds action 4, the model has 4 actions/);
    optimizer.dispose();
    model.dispose();
  });
});
