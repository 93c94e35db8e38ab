import { afterEach, describe, expect, it } from "vitest";
import { MemoryCheckpointStore, readCheckpoint } from "../../../src/checkpoints/index.js";
import { InvalidArgumentError } from "../../../src/core/errors.js";
import { CartPoleEnv } from "../../../src/envs/classic/cart-pole.js";
import { Logger, type LogRow } from "../../../src/logging/index.js";
import { EvalCallback } from "../../../src/trainers/callbacks/eval-callback.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { RecordEpisodeStatistics } from "../../../src/wrappers/index.js";
import { FakeTrainer } from "../fake-trainer.js";

const makeEnvs = () =>
  new SyncVectorEnv([0, 1].map(() => () => new RecordEpisodeStatistics(new CartPoleEnv())));

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

  it("ends the training when a listener says so, and tells which evaluations were the best", async () => {
    const heard: string[] = [];
    const evaluation = new EvalCallback({
      evalEnv: makeEnvs(),
      evalFreq: 10,
      numEpisodes: 2,
      seed: 3,
      callbackOnNewBest: { onEvaluation: () => void heard.push("best") },
      callbackAfterEval: { onEvaluation: () => heard.push("after") < 3 },
    });
    const trainer = new FakeTrainer();
    await trainer.learn({ totalTimesteps: 100, callbacks: [evaluation] });
    expect(heard).toEqual(["best", "after", "after"]); // the same seed: the second was no better
    expect(trainer.numTimesteps).toBe(20);
  });

  it("names wrong options", () => {
    const evalEnv = makeEnvs();
    expect(() => new EvalCallback({ evalEnv, evalFreq: 0 })).toThrow(/evalFreq: expected a positive number/);
    expect(() => new EvalCallback({ evalEnv, callbackAfterEval: {} as never })).toThrow(
      /callbackAfterEval.*onEvaluation/,
    );
    expect(() => new EvalCallback({ evalEnv, evalfreq: 5 } as never)).toThrow(/evalFreq/);
  });
});
