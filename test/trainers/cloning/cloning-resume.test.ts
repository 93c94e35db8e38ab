import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { Random } from "../../../src/core/random.js";
import { Logger } from "../../../src/logging/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { CloningTrainer } from "../../../src/trainers/index.js";
import { barData, epochs, type Outcome, smallModel, train } from "../cloning-scenario.js";
import { resumeElsewhere } from "../other-processes.js";

const STEPS = 4 * epochs;
let data: Awaited<ReturnType<typeof barData>>;
beforeAll(async () => {
  await useBackend("wasm");
  data = await barData();
});

describe.each(["tf", "torch"] as const)("behaviour cloning, Adam in %s form", (form) => {
  let whole: Outcome;
  beforeAll(async () => {
    whole = await train(data, { form });
  });

  it("the scenario covers epochs with a small last batch, and batch statistics", () => {
    expect(whole.rows).toHaveLength(STEPS);
    expect(whole.reports.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(whole.rows.filter(([, row]) => "val/accuracy" in row).map(([step]) => step)).toEqual([4, 8, 12]);
    expect(Object.keys(whole.state.statistics as object)).toHaveLength(form === "torch" ? 4 : 0);
  });

  const random = new Random(form === "tf" ? 3 : 4);
  const stops = Array.from({ length: 4 }, () => 1 + random.integer(STEPS - 1));
  it.each([...new Set([...stops, 4])])(
    "stopped after minibatch %i and resumed: the results are equal bit for bit",
    async (stopAt) => {
      const place = { store: new MemoryCheckpointStore(), name: "stopped" };
      const first = await train(data, { form, stopAt, to: place });
      expect(first.rows).toHaveLength(stopAt);
      const second = await train(data, { from: place });
      expect(second.state).toEqual(whole.state);
      expect([...first.rows, ...second.rows]).toEqual(whole.rows);
      expect([...first.reports, ...second.reports]).toEqual(whole.reports);
    },
  );

  it("resumed in another process: the results are equal bit for bit", async () => {
    expect(await resumeElsewhere("cloning", form, 6)).toEqual(whole.state);
  });
});

describe("CloningTrainer.resume", () => {
  it("does nothing when the goal was reached; load continues with a new goal", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "done" };
    await train(data, { to: place });
    const resumed = await CloningTrainer.resume(place, data);
    await resumed.learn();
    expect(resumed.numBatches).toBe(STEPS);
    expect(resumed.lastEpoch?.epoch).toBe(2);
    await resumed.close();
    const loaded = await CloningTrainer.load(place, { ...data, learningRate: 1e-3 });
    expect(loaded.hyperparameters).toMatchObject({ batchSize: 3, learningRate: 1e-3 });
    await expect(loaded.learn()).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await loaded.learn({ epochs: 1 });
    expect(loaded.epoch).toBe(4);
    await loaded.close();
  });

  it("load accepts a larger data set and starts the next epoch", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "grown" };
    await train(data, { to: place, stopAt: 6 }); // in the middle of the second epoch
    const grown = await CloningTrainer.load(place, { ...(await barData({ train: 14 })), seed: 0 });
    expect([grown.epoch, grown.batchesPerEpoch, grown.numBatches]).toEqual([1, 5, 6]);
    const counts: number[] = [];
    await grown.learn({ epochs: 1, onEpochEnd: ({ epoch, loss }) => void counts.push(epoch, loss) });
    expect(counts[0]).toBe(1);
    expect(counts[1]).toBeGreaterThan(0);
    expect([grown.epoch, grown.numBatches]).toEqual([2, 11]);
    await grown.close();
  });

  it("load accepts another batch size and starts the next epoch", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "larger" };
    await train(data, { to: place, stopAt: 6 }); // in the middle of the second epoch
    const larger = await CloningTrainer.load(place, { ...data, batchSize: 5 });
    expect([larger.epoch, larger.batchesPerEpoch, larger.numBatches]).toEqual([1, 2, 6]);
    await larger.learn({ epochs: 1 });
    expect([larger.epoch, larger.numBatches]).toEqual([2, 8]);
    await larger.close();
  });

  it("saved in onEpochEnd: the pending row is logged and passed to callbacks after resume", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "told" };
    const outcome = () => ({ rows: [] as number[], heard: [] as number[], epochs: [] as number[] });
    const learn = (
      trainer: CloningTrainer,
      { rows, heard, epochs }: ReturnType<typeof outcome>,
      save = false,
    ) =>
      trainer.learn({
        ...(save && { epochs: 2 }),
        logger: new Logger([{ write: (row, step) => rows.push(step, row["train/loss"]) }]),
        callbacks: [{ onUpdateEnd: ({ globalStep }) => void heard.push(globalStep) }],
        async onEpochEnd({ epoch }) {
          epochs.push(epoch);
          if (save && epoch === 0) await trainer.save(place);
        },
      });
    const [whole, rest] = [outcome(), outcome()];
    const first = new CloningTrainer({ ...data, batchSize: 3, model: smallModel(), seed: 5 });
    await learn(first, whole, true);
    const second = await CloningTrainer.resume(place, data);
    expect(second.numBatches).toBe(4);
    await learn(second, rest);
    expect(whole.heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(rest).toEqual({ rows: whole.rows.slice(6), heard: [4, 5, 6, 7, 8], epochs: [1] });
    await first.close();
    await second.close();
  });

  it("frees the model when the options are invalid", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "done" };
    await train(data, { to: place, stopAt: 1 });
    const before = tf.memory().numTensors;
    await expect(CloningTrainer.resume(place, { ...data, batchSize: 0 })).rejects.toThrow(/batchSize/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("rejects a data set of another size", async () => {
    const place = { store: new MemoryCheckpointStore(), name: "done" };
    await train(data, { to: place, stopAt: 1 });
    await expect(CloningTrainer.resume(place, await barData({ train: 5 }))).rejects.toThrow(
      /10 sequences, there are 5/,
    );
  });
});
