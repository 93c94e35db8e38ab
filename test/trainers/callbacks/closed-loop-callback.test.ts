import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { BreakoutEnv } from "../../../src/envs/arcade/index.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import {
  CloningTrainer,
  ClosedLoopCallback,
  type ClosedLoopRun,
  classifierPolicy,
  fitDataset,
  sequenceCrossEntropy,
} from "../../../src/trainers/index.js";
import { wrapDeepmind } from "../../../src/wrappers/index.js";
import { barData, smallModel } from "../cloning-scenario.js";

beforeAll(() => useBackend("wasm"));

describe("ClosedLoopCallback", () => {
  const env = () => wrapDeepmind(new BreakoutEnv({ maxFrames: 4 * 60 }), { dim: 36 });

  it("plays after each epoch of a trainer, and logs the returns", async () => {
    const data = await barData();
    const trainer = new CloningTrainer({ ...data, model: smallModel(), batchSize: 5, seed: 0 });
    const epochs: number[] = [];
    const callback = new ClosedLoopCallback({
      env: env(),
      numEpisodes: 2,
      seed: 0,
      onRun: ({ returns }, epoch) => {
        expect(returns).toHaveLength(2);
        epochs.push(epoch);
        return epochs.length < 2;
      },
    });
    await trainer.learn({ epochs: 5, callbacks: [callback] });
    expect(epochs).toEqual([0, 1]);
    expect(trainer.epoch).toBe(2);
    await trainer.close();
  });

  it("plays after each epoch of fitDataset, which learns the same as the trainer", async () => {
    const { dataset, valDataset } = await barData();
    const model = smallModel();
    const layers = model.layersModel();
    const loss = (y: tf.Tensor, x: tf.Tensor) => sequenceCrossEntropy(x as tf.Tensor3D, y as tf.Tensor2D);
    layers.compile({ optimizer: tf.train.sgd(0.1), loss: loss as unknown as tfl.ModelCompileArgs["loss"] });
    const epochs: number[] = [];
    const { history } = await layers.fitDataset(fitDataset(dataset, { batchSize: 5, seed: 0 }), {
      epochs: 2,
      verbose: 0,
      validationData: fitDataset(valDataset, { shuffle: false }),
      callbacks: new ClosedLoopCallback({
        env: env(),
        numEpisodes: 1,
        seed: 0,
        policy: classifierPolicy(model),
        onRun: (_, epoch) => void epochs.push(epoch),
      }),
    });
    expect(epochs).toEqual([0, 1]);
    const { loss: measured } = await new CloningTrainer({ dataset, valDataset, model, seed: 0 }).evaluate();
    expect(history.val_loss[1]).toBeCloseTo(measured, 4);
    expect(Number(history.loss[1])).toBeLessThan(Number(history.loss[0]));
    layers.dispose();
    model.dispose();
  });

  it("goes on with its game after a resume, unless each run has a seed", async () => {
    const policy = { predict: async () => ({ actions: Int32Array.of(2), action: 2, state: null }) };
    const make = (seed?: number) => new ClosedLoopCallback({ env: env(), numEpisodes: 1, policy, seed });
    const [callback, resumed] = [make(), make()];
    await callback.onEpochEnd(0);
    resumed.setState(callback.getState());
    await callback.onEpochEnd(1);
    await resumed.onEpochEnd(1);
    expect(resumed.lastRun).toEqual(callback.lastRun);
    const seeded = make(3);
    await seeded.onEpochEnd(0);
    expect(seeded.getState()).toEqual({ env: null });
  });

  it("logs the mean and the standard deviation of the population", async () => {
    const data = await barData();
    const trainer = new CloningTrainer({ ...data, model: smallModel(), batchSize: 5, seed: 0 });
    const rows: LogRow[] = [];
    const callback = new ClosedLoopCallback({ env: env(), numEpisodes: 3, seed: 0 });
    const logger = new Logger([{ write: (row) => void rows.push(row) }]);
    await trainer.learn({ epochs: 1, callbacks: [callback], logger });
    const { returns } = callback.lastRun as ClosedLoopRun;
    const mean = returns.reduce((sum, value) => sum + value) / 3;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
    const logged = rows.find((row) => "eval/mean_reward" in row);
    expect(logged?.["eval/mean_reward"]).toBeCloseTo(mean);
    expect(logged?.["eval/std_reward"]).toBeCloseTo(Math.sqrt(variance));
    await trainer.close();
  });
});
