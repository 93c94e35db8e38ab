import * as tf from "@tensorflow/tfjs-core";
import { Adam } from "tfjs-training";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import type { StateRecord } from "../../../src/core/state.js";
import { AtariCloningDataset } from "../../../src/datasets/atari-cloning.js";
import { MemoryCloningSource } from "../../../src/datasets/cloning-source.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { learnBatch } from "../../../src/trainers/cloning/cloning-step.js";
import { CloningTrainer } from "../../../src/trainers/index.js";
import { barData, barSource, smallModel } from "../cloning-scenario.js";

beforeAll(() => useBackend("wasm"));

describe("CloningTrainer", () => {
  it("fits a tiny data set perfectly, using memory of the previous frame, with masks", async () => {
    const data = await barData({ train: 8, delay: 1, steps: (i) => 3 + (i % 3) });
    const trainer = new CloningTrainer({
      ...data,
      valDataset: data.dataset,
      model: smallModel({ encoder: "impala", batchNorm: false, form: "torch", units: 16 }),
      batchSize: 4,
      learningRate: 3e-3,
      seed: 0,
    });
    await trainer.learn({
      epochs: 100,
      callbacks: [{ onUpdateEnd: () => trainer.lastEpoch?.valAccuracy !== 1 }],
    });
    expect(trainer.lastEpoch?.valAccuracy).toBe(1);
    expect((await trainer.evaluate()).accuracy).toBe(1);
    await trainer.close();
  }, 120_000);

  it("counts every real step once, whatever the padding contains", async () => {
    const source = await barSource({ train: 2, val: 1, steps: (i) => (i === 0 ? 5 : 2) });
    const lossOf = async (...files: string[]) => {
      const part = new MemoryCloningSource();
      for (const file of files) await part.write(file, await source.read(file));
      const dataset = await AtariCloningDataset.open(part);
      const trainer = new CloningTrainer({ dataset, valDataset: dataset, model: smallModel(), seed: 0 });
      const { loss } = await trainer.evaluate();
      const batch = await dataset.batches().next();
      const numbers = { learningRate: 1e-4, maxGradNorm: null, classWeights: null };
      const learnt = await learnBatch(trainer.model, new Adam(), batch, numbers);
      expect(learnt.loss).toBeCloseTo(loss, 5);
      await trainer.close();
      return loss;
    };
    const [long, short] = [await lossOf("train_00000.npz"), await lossOf("train_00001.npz")];
    const both = await lossOf("train_00000.npz", "train_00001.npz");
    expect(both).toBeCloseTo((5 * long + 2 * short) / 7, 5);
  });

  it("leaks no tensors, and close frees them all", async () => {
    const data = await barData();
    const whole = async () => {
      const trainer = new CloningTrainer({
        ...data,
        model: smallModel({ form: "torch" }),
        batchSize: 3,
        seed: 0,
      });
      await trainer.learn({ totalBatches: 5 });
      const tensors = tf.memory().numTensors;
      await trainer.learn({ totalBatches: 5 });
      expect(tf.memory().numTensors).toBe(tensors);
      await trainer.close();
    };
    await whole(); // creates the constants that are kept
    const before = tf.memory().numTensors;
    await whole();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("continues in the middle of an epoch", async () => {
    const data = await barData();
    const trainer = new CloningTrainer({ ...data, model: smallModel(), batchSize: 3, seed: 0 });
    await trainer.learn({ totalBatches: 3 });
    expect(trainer.lastEpoch).toBeUndefined();
    await trainer.learn({ epochs: 1 });
    expect(trainer.numBatches).toBe(7);
    expect(trainer.lastEpoch?.epoch).toBe(0);
    const wrong: [object, RegExp][] = [
      [{ epochs: 1, totalBatches: 3 }, /^epochs: cannot be combined with totalBatches/],
      [{ totalTimesteps: 3 }, /^totalTimesteps: .* count minibatches by totalBatches, or epochs/],
      [{ totalBatches: 0 }, /^totalBatches: expected a positive number, received 0/],
      [{ epochs: -1 }, /^epochs: expected a positive number, received -1/],
      [{}, /^learn: expected epochs, totalBatches or hours/],
    ];
    for (const [options, message] of wrong) await expect(trainer.learn(options)).rejects.toThrow(message);
    await trainer.close();
  });

  it("counts minibatches, not environment steps, in callbacks and in the log", async () => {
    const data = await barData();
    const trainer = new CloningTrainer({ ...data, model: smallModel(), batchSize: 3, seed: 0 });
    const seen: number[][] = [];
    const rows: [number, LogRow][] = [];
    await trainer.learn({
      totalBatches: 2,
      logger: new Logger([{ write: (row, step) => void rows.push([step, row]) }]),
      callbacks: ({ globalStep, numTimesteps }) => void seen.push([globalStep, numTimesteps]),
    });
    expect(seen).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(rows.map(([step, row]) => [step, row["time/batches"]])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(rows[1][1]["time/batches_per_second"]).toBeGreaterThan(0);
    expect(Object.keys(rows[1][1]).filter((key) => /timesteps|fps/.test(key))).toEqual([]);
    await trainer.close();
  });

  it("keeps weights and position when a minibatch is not finite", async () => {
    const data = await barData();
    const model = smallModel();
    const trainer = new CloningTrainer({ ...data, model, batchSize: 3, seed: 0 });
    const bias = model.variables.get("logits/bias")!;
    bias.assign(tf.fill([4], Number.NaN));
    const { model: weights, batches } = trainer.getState();
    await expect(trainer.learn({ epochs: 1 })).rejects.toMatchObject({ code: "NON_FINITE" });
    expect(trainer.getState()).toMatchObject({ model: weights, batches });
    await trainer.close();
  });

  it("follows a learning-rate schedule over the training", async () => {
    const data = await barData({ train: 4, val: 1 });
    const trainer = new CloningTrainer({
      ...data,
      model: smallModel(),
      batchSize: 1,
      learningRate: "lin_1e-2",
      seed: 0,
    });
    const rates: number[] = [];
    const note = {
      onUpdateEnd: (_: unknown, row: LogRow) => void rates.push(100 * Number(row["train/learning_rate"])),
    };
    await trainer.learn({ epochs: 1, callbacks: [note] });
    expect(rates.map((rate) => rate.toFixed(9))).toEqual([1, 0.75, 0.5, 0.25].map((rate) => rate.toFixed(9)));
    await trainer.close();
  });

  it("throws a typed error when a schedule becomes invalid, and keeps its position", async () => {
    const data = await barData({ train: 4, val: 1 });
    const toJSON = () => ({ kind: "constant", value: 1e-3 }) as const;
    const learningRate = { value: (x: number) => (x > 0 && x < 1 ? Number.NaN : 1e-3), toJSON };
    const before = tf.memory().numTensors;
    const trainer = new CloningTrainer({ ...data, model: smallModel(), batchSize: 1, learningRate });
    const training = trainer.learn({ epochs: 1 });
    await expect(training).rejects.toThrow(InvalidArgumentError);
    await expect(training).rejects.toThrow(/^learningRate: expected a finite number.*NaN at progress 0.25/);
    expect(trainer.numBatches).toBe(1);
    expect((trainer.getState().batches as StateRecord).position).toBe(1);
    await trainer.close();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("validates its options", async () => {
    const data = await barData({ train: 1, val: 1 });
    const model = smallModel();
    const make = (options: object) => () => new CloningTrainer({ ...data, model, ...options });
    expect(make({ classWeights: [1, 2] })).toThrow(/classWeights: expected 4 numbers/);
    expect(make({ mirrorActions: [0, 1, 2, 2] })).toThrow(/mirrorActions: expected for each of 4 actions/);
    expect(make({ batchSize: 0 })).toThrow(/batchSize/);
    expect(make({ learningRate: -1 })).toThrow(/learningRate/);
    expect(make({ learningRate: { value: () => 1 } })).toThrow(
      /^learningRate: expected a schedule whose toJSON/,
    );
    expect(make({ maxGradNorm: 0 })).toThrow(/maxGradNorm/);
    model.dispose();
    const few = new CloningTrainer({ ...(await barData()), model: smallModel({ numActions: 2 }), seed: 0 });
    await expect(few.learn({ epochs: 1 })).rejects.toThrow(/dataset: it holds action [23], the model has 2/);
    await few.close();
  });
});
