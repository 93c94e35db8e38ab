import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore, readCheckpoint } from "../../../src/checkpoints/index.js";
import { CheckpointCallback } from "../../../src/trainers/callbacks/checkpoint-callback.js";
import { FakeTrainer } from "../fake-trainer.js";

const names = (...steps: number[]) => steps.map((step) => `step-${String(step).padStart(12, "0")}`);

describe("CheckpointCallback", () => {
  it("saves at intervals and at the end, and keeps the newest checkpoints", async () => {
    const store = new MemoryCheckpointStore();
    const callback = new CheckpointCallback({ savePath: store, saveFreq: 8, keepLast: 2 });
    await new FakeTrainer().learn({ totalTimesteps: 30, callbacks: [callback] });
    expect(await store.list()).toEqual(names(24, 30));
    const { state } = await readCheckpoint(store, names(24)[0]);
    expect(state.numTimesteps).toBe(24);
  });

  it("removes no checkpoint when a new one could not be written", async () => {
    class FullStore extends MemoryCheckpointStore {
      override async write(...[name, files]: Parameters<MemoryCheckpointStore["write"]>): Promise<string> {
        if (name === names(24)[0] && trainer.numTimesteps === 24 && !freed) throw new Error("disk full");
        return super.write(name, files);
      }
    }
    let freed = false;
    const store = new FullStore();
    const trainer = new FakeTrainer();
    const callbacks = [new CheckpointCallback({ savePath: store, saveFreq: 8, keepLast: 2 })];
    await expect(trainer.learn({ totalTimesteps: 30, callbacks })).rejects.toThrow("disk full");
    expect(await store.list()).toEqual(names(8, 16));
    freed = true;
    await trainer.learn({ totalTimesteps: 10, callbacks });
    expect(await store.list()).toEqual(names(32, 40));
  });

  it("keeps the best checkpoints in addition to the newest", async () => {
    const store = new MemoryCheckpointStore();
    const callback = new CheckpointCallback({ savePath: store, saveFreq: 10, keepLast: 1, keepBest: 1 });
    const trainer = new FakeTrainer();
    const spoil = {
      onStep: ({ numTimesteps }: { numTimesteps: number }) => {
        if (numTimesteps > 20) trainer.episodes.add({ return: -numTimesteps, length: 1 });
      },
    };
    await trainer.learn({ totalTimesteps: 50, callbacks: [callback, spoil] });
    expect(await store.list()).toEqual(names(20, 50));
  });

  it("continues to remove old checkpoints after resume", async () => {
    const store = new MemoryCheckpointStore();
    const options = { savePath: store, saveFreq: 10, keepLast: 2 };
    await new FakeTrainer().learn({
      totalTimesteps: 60,
      callbacks: [new CheckpointCallback(options), { onStep: ({ numTimesteps }) => numTimesteps < 34 }],
    });
    expect(await store.list()).toEqual(names(30, 34));
    const resumed = await FakeTrainer.resume({ store, name: names(34)[0] });
    await resumed.learn({ callbacks: [new CheckpointCallback(options)] });
    expect(await store.list()).toEqual(names(50, 60));
  });

  it("removes the surplus after resume when the process was killed before removing it", async () => {
    const store = new MemoryCheckpointStore();
    const options = { savePath: store, saveFreq: 10, keepLast: 2 };
    // The process is killed after the checkpoint of step 50 was written.
    store.remove = async (name) => {
      if (trainer.numTimesteps === 50) throw new Error("killed");
      return MemoryCheckpointStore.prototype.remove.call(store, name);
    };
    const trainer = new FakeTrainer();
    const callbacks = [new CheckpointCallback(options)];
    await expect(trainer.learn({ totalTimesteps: 90, callbacks })).rejects.toThrow("killed");
    expect(await store.list()).toEqual(names(30, 40, 50));
    store.remove = MemoryCheckpointStore.prototype.remove;
    await store.write("step-mine", new Map());
    const resumed = await FakeTrainer.resume({ store, name: names(50)[0] });
    await resumed.learn({ callbacks: [new CheckpointCallback(options)] });
    expect(await store.list()).toEqual([...names(80, 90), "step-mine"]);
  });

  it("saves no further checkpoint when training fails", async () => {
    const store = new MemoryCheckpointStore();
    const fail = {
      onStep: ({ numTimesteps }: { numTimesteps: number }) => {
        if (numTimesteps === 15) throw new Error("broken");
      },
    };
    const callback = new CheckpointCallback({ savePath: store, saveFreq: 10 });
    await expect(
      new FakeTrainer().learn({ totalTimesteps: 30, callbacks: [callback, fail] }),
    ).rejects.toThrow("broken");
    expect(await store.list()).toEqual(names(10));
  });

  it.each([
    { saveFreq: 0 },
    { everyMinutes: -1 },
    { saveFreq: 1, keepLast: 0 },
    { saveFreq: 1, keepBest: 0.5 },
    { saveAtEnd: false },
  ])("rejects %j", (options) => {
    expect(() => new CheckpointCallback({ savePath: new MemoryCheckpointStore(), ...options })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });

  it("says that a path needs ncps-ts/node", () => {
    expect(() => new CheckpointCallback({ savePath: "runs" })).toThrow(/ncps-ts\/node/);
  });
});
