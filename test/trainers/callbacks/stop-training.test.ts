import { describe, expect, it } from "vitest";
import {
  StopTrainingOnMaxEpisodes,
  StopTrainingOnNoModelImprovement,
  StopTrainingOnRewardThreshold,
} from "../../../src/trainers/callbacks/stop-training.js";
import type { Evaluation } from "../../../src/trainers/common/evaluate-policy.js";
import { FakeTrainer } from "../fake-trainer.js";

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

  it("reject invalid options", () => {
    expect(() => new StopTrainingOnRewardThreshold({ rewardThreshold: Number.NaN })).toThrow(
      /rewardThreshold: expected a number/,
    );
    expect(() => new StopTrainingOnMaxEpisodes({ maxEpisodes: 0 })).toThrow(/maxEpisodes/);
    expect(() => new StopTrainingOnNoModelImprovement({ maxNoImprovementEvals: 0.5 })).toThrow(
      /maxNoImprovementEvals/,
    );
    expect(() => new StopTrainingOnMaxEpisodes({ maxEpisode: 3 } as never)).toThrow(/maxEpisodes/);
  });

  it("StopTrainingOnRewardThreshold goes on while there is no mean return", () => {
    expect(
      new StopTrainingOnRewardThreshold({ rewardThreshold: -5 }).onEvaluation(evaluated(Number.NaN)),
    ).toBe(true);
  });
});
