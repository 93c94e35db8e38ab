import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { fitDataset } from "../../../src/trainers/cloning/fit-dataset.js";
import { barData } from "../cloning-scenario.js";

interface Batches {
  size: number;
  iterator(): Promise<{
    next(): Promise<{ value: { xs: tf.Tensor; ys: tf.Tensor } | null; done: boolean }>;
  }>;
}

describe("fitDataset", () => {
  beforeAll(() => useBackend("wasm"));

  it("gives one epoch for each iterator, every sequence once", async () => {
    const { dataset } = await barData({ train: 5 });
    const batches = fitDataset(dataset, { batchSize: 2, shuffle: false }) as unknown as Batches;
    expect(batches.size).toBe(3);
    for (let epoch = 0; epoch < 2; epoch++) {
      const iterator = await batches.iterator();
      const shapes: number[][] = [];
      for (let { value } = await iterator.next(); value; { value } = await iterator.next()) {
        shapes.push(value.ys.shape);
        expect(value.xs.shape).toEqual([...value.ys.shape, 36, 36, 4]);
        expect([value.xs.dtype, value.ys.dtype]).toEqual(["float32", "int32"]);
        tf.dispose(value);
      }
      expect(shapes).toEqual([
        [2, 4],
        [2, 4],
        [1, 4],
      ]);
      expect((await iterator.next()).done).toBe(true);
    }
  });

  it("holds the frames and actions of the data set", async () => {
    const { dataset } = await barData({ train: 2 });
    const { observations, actions } = await dataset.batches({ batchSize: 2, shuffle: false }).next();
    const [wanted, chosen] = [Float32Array.from(observations), Int32Array.from(actions)];
    const batches = fitDataset(dataset, { batchSize: 2, shuffle: false }) as unknown as Batches;
    const { value } = await (await batches.iterator()).next();
    expect(value!.xs.dataSync()).toEqual(wanted);
    expect(value!.ys.dataSync()).toEqual(chosen);
    tf.dispose(value!);
  });
});
