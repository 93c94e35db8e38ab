import { describe, expect, it, vi } from "vitest";
import { MemoryCheckpointStore } from "../../../src/checkpoints/index.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import type { TrainerCallback } from "../../../src/trainers/callbacks/callback.js";
import type { LearnOptions } from "../../../src/trainers/common/training-run.js";
import { FakeTrainer } from "../fake-trainer.js";

const rows = () => {
  const written: [number, LogRow][] = [];
  return { written, logger: new Logger([{ write: (row, step) => written.push([step, row]) }]) };
};

describe("TrainingRun", () => {
  it("calls the hooks in order and logs SB3's keys", async () => {
    const calls: string[] = [];
    const hook = (name: string) => () => void calls.push(name);
    const callback: TrainerCallback = {
      onTrainingStart: hook("start"),
      onRolloutStart: hook("rollout"),
      onStep: hook("step"),
      onRolloutEnd: hook("rolled"),
      onUpdateEnd: hook("update"),
      onTrainingEnd: hook("end"),
    };
    const { written, logger } = rows();
    await new FakeTrainer().learn({ totalTimesteps: 11, callbacks: [callback], logger });
    const rollout = ["rollout", ...Array<string>(10).fill("step"), "rolled", "update"];
    expect(calls).toEqual(["start", ...rollout, ...rollout, "end"]);
    expect(written.map(([step]) => step)).toEqual([10, 20]);
    expect(written[1][1]).toMatchObject({
      "train/loss": 0.5,
      "time/iterations": 2,
      "time/total_timesteps": 20,
    });
    expect(written[1][1]).toHaveProperty("time/fps");
    expect(written[1][1]).toHaveProperty("time/time_elapsed");
  });

  it("calls callbacks with last: true after the others", async () => {
    const calls: string[] = [];
    const first: TrainerCallback = { last: true, onStep: () => void calls.push("last") };
    const second: TrainerCallback = { onStep: () => void calls.push("other") };
    await new FakeTrainer().learn({ totalTimesteps: 1, callbacks: [first, second] });
    expect(calls.slice(0, 4)).toEqual(["other", "last", "other", "last"]);
  });

  it("ends after the step, or the update, whose hook returns false", async () => {
    const trainer = new FakeTrainer();
    await trainer.learn({ totalTimesteps: 100, callbacks: [{ onStep: (p) => p.numTimesteps < 7 }] });
    expect([trainer.numTimesteps, trainer.iterations]).toEqual([7, 0]);
    await trainer.learn({ totalTimesteps: 100, callbacks: [{ onRolloutEnd: () => false }] });
    expect([trainer.numTimesteps, trainer.iterations]).toEqual([10, 1]);
  });

  it("continues to an interrupted goal, unless another one is given", async () => {
    const store = new MemoryCheckpointStore();
    const trainer = new FakeTrainer();
    const stopAt15: TrainerCallback = {
      last: true,
      onStep: async ({ numTimesteps, trainer: seen }) => {
        if (numTimesteps === 15) await seen.save({ store, name: "run" });
        return numTimesteps < 15;
      },
    };
    await trainer.learn({ totalTimesteps: 40, callbacks: [stopAt15] });
    for (const options of [{}, { totalTimesteps: 40 }]) {
      const resumed = await FakeTrainer.resume({ store, name: "run" });
      await resumed.learn(options);
      expect(resumed.numTimesteps).toBe(40);
    }
    const onwards = await FakeTrainer.resume({ store, name: "run" });
    await onwards.learn({ totalTimesteps: 30 });
    expect(onwards.numTimesteps).toBe(50); // the update that reaches 45
  });

  it("saves the metrics of an unfinished row and the states of callbacks", async () => {
    const store = new MemoryCheckpointStore();
    const counting = () => {
      let count = 0;
      const callback: TrainerCallback = {
        name: "count",
        onStep: ({ logger }) => {
          logger.record("custom/count", ++count);
        },
        getState: () => ({ count }),
        setState: (state) => {
          count = state.count as number;
        },
      };
      return callback;
    };
    const stop: TrainerCallback = {
      last: true,
      onStep: async ({ numTimesteps, trainer }) => {
        if (numTimesteps === 17) await trainer.save({ store, name: "run" });
        return numTimesteps < 17;
      },
    };
    await new FakeTrainer().learn({ totalTimesteps: 30, callbacks: [counting(), stop] });
    const { written, logger } = rows();
    const resumed = await FakeTrainer.resume({ store, name: "run" });
    await resumed.learn({ callbacks: [counting()], logger });
    expect(written.map(([step, row]) => [step, row["custom/count"]])).toEqual([
      [20, 20],
      [30, 30],
    ]);
  });

  it("logs what a callback records in onUpdateEnd in the row of that update", async () => {
    const { written, logger } = rows();
    const callback: TrainerCallback = {
      onUpdateEnd: ({ logger: log, iterations }) => log.record("custom/iteration", iterations),
    };
    await new FakeTrainer().learn({ totalTimesteps: 30, callbacks: callback, logger });
    expect(written.map(([step, row]) => [step, row["custom/iteration"], row["time/iterations"]])).toEqual([
      [10, 1, 1],
      [20, 2, 2],
      [30, 3, 3],
    ]);
  });

  it("saved within onUpdateEnd: the resumed run logs that update's row once", async () => {
    const store = new MemoryCheckpointStore();
    const save: TrainerCallback = {
      last: true,
      onUpdateEnd: async ({ trainer, iterations }) => {
        if (iterations === 2) await trainer.save({ store, name: "run" });
        return iterations < 2;
      },
    };
    const record: TrainerCallback = {
      onUpdateEnd: ({ logger: log, iterations }) => log.record("custom/iteration", iterations),
    };
    await new FakeTrainer().learn({ totalTimesteps: 30, callbacks: [save, record] });
    const { written, logger } = rows();
    const resumed = await FakeTrainer.resume({ store, name: "run" });
    await resumed.learn({ callbacks: [record], logger });
    expect(written.map(([step, row]) => [step, row["custom/iteration"]])).toEqual([
      [20, 2],
      [30, 3],
    ]);
  });

  it("ends when its signal is aborted, and calls onTrainingEnd", async () => {
    const controller = new AbortController();
    const trainer = new FakeTrainer();
    let ends = 0;
    const callback: TrainerCallback = {
      onStep: ({ numTimesteps }) => {
        if (numTimesteps === 4) controller.abort();
      },
      onTrainingEnd: (_, failure) => {
        if (failure === undefined) ends++;
      },
    };
    const options = { totalTimesteps: 100, callbacks: callback, signal: controller.signal };
    await trainer.learn(options);
    expect([trainer.numTimesteps, ends]).toEqual([4, 1]);
    await trainer.learn(options); // aborted before it begins
    expect([trainer.numTimesteps, ends]).toEqual([4, 2]);
  });

  it("prints tables with verbose: 1, in this training only", async () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {});
    const logger = new Logger();
    await new FakeTrainer().learn({ totalTimesteps: 20, logger, verbose: 1 });
    const printed = print.mock.calls.length;
    print.mockRestore();
    expect(printed).toBe(2);
    expect(logger.sinks).toEqual([]);
  });

  it("passes the data of a step to functions and hooks, empty if there is none", async () => {
    const seen: unknown[] = [];
    await new FakeTrainer().learn({
      totalTimesteps: 1,
      callbacks: ({ infos, rewards, numTimesteps }) => {
        seen.push([infos, rewards, numTimesteps]);
        return false;
      },
    });
    expect(seen).toEqual([[[], new Float32Array(0), 1]]);
  });

  it("keeps the states of callbacks with the same name separate", async () => {
    const store = new MemoryCheckpointStore();
    const restored: [number, unknown][] = [];
    const callback = (number: number): TrainerCallback => ({
      name: "same",
      getState: () => ({ number }),
      setState: (state) => void restored.push([number, state.number]),
    });
    const callbacks = [callback(1), callback(2), callback(3)];
    const trainer = new FakeTrainer();
    await trainer.learn({ totalTimesteps: 10, callbacks });
    await trainer.save({ store, name: "run" });
    const resumed = await FakeTrainer.resume({ store, name: "run" });
    await resumed.learn({ callbacks });
    expect(restored).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it("does not count the time after the end of a training", async () => {
    const trainer = new FakeTrainer();
    const spent = () => (trainer.getState() as { run: { goal: { spent: number } } }).run.goal.spent;
    await trainer.learn({ hours: 1, callbacks: [{ onUpdateEnd: () => false }] });
    const before = spent();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(spent()).toBe(before);
  });

  it("passes the error to onTrainingEnd and throws it", async () => {
    const seen: unknown[] = [];
    const failing: TrainerCallback = {
      onStep: () => {
        throw new Error("broken");
      },
      onTrainingEnd: (_, failure) => void seen.push(failure),
    };
    await expect(new FakeTrainer().learn({ totalTimesteps: 5, callbacks: [failing] })).rejects.toThrow(
      "broken",
    );
    expect(seen).toEqual([new Error("broken")]);
  });

  it.each([
    {},
    { totalTimesteps: 0 },
    { hours: -1 },
    { totalTimesteps: 10, logInterval: 0 },
    { totalTimesteps: "10" },
    { totalTimesteps: 10, signal: {} },
    { totalTimesteps: 10, logger: console },
    { totalTimesteps: 10, callback: [] },
    { totalTimesteps: 10, progress_bar: true },
  ] as LearnOptions[])("refuses %j", async (options) => {
    await expect(new FakeTrainer().learn(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("suggests the option that was meant", async () => {
    const learn = (options: object) => new FakeTrainer().learn(options);
    await expect(learn({ total_timesteps: 10 })).rejects.toThrow("did you mean totalTimesteps?");
    await expect(learn({ callback: [] })).rejects.toThrow("did you mean callbacks?");
    await expect(learn(10 as unknown as object)).rejects.toThrow("expected an object of options");
  });
});
