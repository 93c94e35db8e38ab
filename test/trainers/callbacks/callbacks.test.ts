import { afterEach, describe, expect, it } from "vitest";
import { MemoryCheckpointStore, readCheckpoint } from "../../../src/checkpoints/index.js";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { CartPoleEnv } from "../../../src/envs/classic/cart-pole.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import {
  CheckpointCallback,
  EvalCallback,
  EveryNTimesteps,
  StopTrainingOnMaxEpisodes,
  StopTrainingOnNoModelImprovement,
  StopTrainingOnRewardThreshold,
} from "../../../src/trainers/callbacks/index.js";
import type { Evaluation } from "../../../src/trainers/common/evaluate-policy.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { RecordEpisodeStatistics } from "../../../src/wrappers/index.js";
import { FakeTrainer } from "../fake-trainer.js";

const makeEnvs = () =>
  new SyncVectorEnv([0, 1].map(() => () => new RecordEpisodeStatistics(new CartPoleEnv())));
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

describe("EvalCallback", () => {
  const evalEnv = makeEnvs();
  afterEach(() => evalEnv.close());

  it("evaluates at intervals, logs, saves the best model and resumes", async () => {
    const store = new MemoryCheckpointStore();
    const written: LogRow[] = [];
    const logger = new Logger([{ write: (row) => void written.push(row) }]);
    const make = () =>
      new EvalCallback({
        evalEnv,
        evalFreq: 15,
        numEpisodes: 4,
        seed: 3,
        bestModelSavePath: { store, name: "best" },
      });
    const evaluation = make();
    const trainer = new FakeTrainer();
    await trainer.learn({ totalTimesteps: 40, callbacks: [evaluation], logger });
    const evaluated = written.filter((row) => "eval/mean_reward" in row);
    expect(evaluated).toHaveLength(2); // at 15 and 30
    expect(evaluated[0]["eval/mean_reward"]).toBe(evaluation.bestMeanReturn);
    expect(evaluated[0]["eval/mean_ep_length"]).toBe(evaluation.bestMeanReturn); // CartPole: a point a step
    expect(evaluated[1]).toMatchObject({ "eval/mean_reward": evaluated[0]["eval/mean_reward"] });
    expect((await readCheckpoint(store, "best")).state.numTimesteps).toBe(15); // 30 was no better

    const again = make();
    again.setState(evaluation.getState());
    expect(again.bestMeanReturn).toBe(evaluation.bestMeanReturn);
  });

  it("rejects the training environments as evalEnv before the first step", async () => {
    const trainer = Object.assign(new FakeTrainer(), { env: evalEnv });
    const training = trainer.learn({ totalTimesteps: 40, callbacks: [new EvalCallback({ evalEnv })] });
    await expect(training).rejects.toThrow(InvalidArgumentError);
    await expect(training).rejects.toThrow(/^evalEnv: expected separate environments/);
    expect(trainer.numTimesteps).toBe(0);
  });
});

describe("stop-training callbacks", () => {
  const evaluated = (meanReturn: number): Evaluation => ({
    meanReturn,
    stdReturn: 0,
    returns: [],
    lengths: [],
  });

  it("StopTrainingOnRewardThreshold stops on evaluations as a listener, on training episodes as a callback", async () => {
    const threshold = new StopTrainingOnRewardThreshold({ rewardThreshold: 25 });
    expect(threshold.onEvaluation(evaluated(24))).toBe(true);
    expect(threshold.onEvaluation(evaluated(25))).toBe(false);
    const trainer = new FakeTrainer();
    await trainer.learn({ totalTimesteps: 100, callbacks: [threshold] });
    expect(trainer.numTimesteps).toBe(30);
  });

  it("StopTrainingOnMaxEpisodes stops after maxEpisodes episodes", async () => {
    const trainer = new FakeTrainer();
    await trainer.learn({
      totalTimesteps: 100,
      callbacks: [new StopTrainingOnMaxEpisodes({ maxEpisodes: 13 })],
    });
    expect(trainer.numTimesteps).toBe(13);
  });

  it("StopTrainingOnNoModelImprovement counts evaluations without a new best", () => {
    const make = () => new StopTrainingOnNoModelImprovement({ maxNoImprovementEvals: 2, minEvals: 1 });
    const stop = make();
    const heard = [5, 4, 6, 6].map((reward) => stop.onEvaluation(evaluated(reward)));
    expect(heard).toEqual([true, true, true, true]);
    const resumed = make();
    resumed.setState(stop.getState());
    expect(resumed.onEvaluation(evaluated(1))).toBe(false);
  });
});

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
});
