import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { EveryNTimesteps } from "../../../src/trainers/callbacks/every-n-timesteps.js";
import { FakeTrainer } from "../fake-trainer.js";

describe("EveryNTimesteps", () => {
  it("calls its callback at intervals and continues them after resume", async () => {
    const seen: number[] = [];
    const make = () =>
      new EveryNTimesteps({ numSteps: 4, callback: ({ numTimesteps }) => void seen.push(numTimesteps) });
    const store = new MemoryCheckpointStore();
    const trainer = new FakeTrainer();
    const stop = { onStep: ({ numTimesteps }: { numTimesteps: number }) => numTimesteps < 6 };
    await trainer.learn({ totalTimesteps: 10, callbacks: [make(), stop] });
    await trainer.save({ store, name: "run" });
    const resumed = await FakeTrainer.resume({ store, name: "run" });
    await resumed.learn({ callbacks: [make()] });
    expect(seen).toEqual([4, 8]);
  });

  it("passes the hooks and the state of its callback on, and lets it end the training", async () => {
    const heard: string[] = [];
    const inner = {
      onTrainingStart: () => void heard.push("start"),
      onStep: ({ numTimesteps }: { numTimesteps: number }) => numTimesteps < 6,
      onTrainingEnd: () => void heard.push("end"),
      getState: () => ({ kept: 5 }),
      setState: (state: object) => void heard.push(JSON.stringify(state)),
    };
    const every = new EveryNTimesteps({ numSteps: 3, callback: inner });
    const trainer = new FakeTrainer();
    await trainer.learn({ totalTimesteps: 30, callbacks: [every] });
    expect(trainer.numTimesteps).toBe(6);
    every.setState(every.getState());
    expect(heard).toEqual(["start", "end", '{"kept":5}']);
  });

  it("names wrong options", () => {
    expect(() => new EveryNTimesteps({ numSteps: 0, callback: () => {} })).toThrow(/numSteps/);
    expect(() => new EveryNTimesteps({ numSteps: 1, callback: 5 as never })).toThrow(/callback/);
  });
});
