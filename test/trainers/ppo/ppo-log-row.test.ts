import { describe, expect, it } from "vitest";
import { EpisodeWindow } from "../../../src/core/episode-window.js";
import { RolloutBuffer } from "../../../src/memory/index.js";
import { type PPOLogRowInput, ppoLogRow } from "../../../src/trainers/ppo/ppo-log-row.js";

const sizes = {
  numEnvs: 1,
  numSteps: 3,
  observationShape: [1],
  observationDtype: "float32",
  distributionSize: 2,
} as const;

function input(changed: Partial<PPOLogRowInput> = {}): PPOLogRowInput {
  const buffer = new RolloutBuffer(sizes);
  buffer.values.set([1, 2, 3]);
  buffer.returns.set([1, 2, 4]);
  const episodes = new EpisodeWindow({ size: 5 });
  episodes.add({ return: 4, length: 2 });
  episodes.add({ return: 6, length: 4 });
  return {
    statistics: {
      ...{
        loss: 1,
        policyLoss: 2,
        valueLoss: 3,
        entropy: 4,
        approxKl: 5,
        clipFraction: 6,
        ratioDeviation: 7,
        kl: 8,
      },
      ...{ gradNorm: 9, lastLoss: 10, lastApproxKl: 11, minibatches: 12, epochs: 2, firstRatioDeviation: 13 },
    },
    coefficients: { learningRate: 0.1, clipRange: 0.2, clipRangeVf: 0.3, entCoef: 0.4, klCoef: 0.5 },
    buffer,
    epochs: 20,
    episodes,
    clipsValues: false,
    klPenalty: false,
    ...changed,
  };
}

describe("ppoLogRow", () => {
  it("has SB3's names with what SB3 means by them", () => {
    expect(ppoLogRow(input())).toEqual({
      "rollout/ep_rew_mean": 5,
      "rollout/ep_len_mean": 3,
      "train/approx_kl": 11, // of the last epoch
      "train/approx_kl_mean": 5,
      "train/clip_fraction": 6,
      "train/clip_range": 0.2,
      "train/entropy_loss": -4,
      "train/explained_variance": expect.closeTo(1 - 2 / 9 / (14 / 9), 10),
      "train/first_ratio_deviation": 13,
      "train/grad_norm": 9,
      "train/learning_rate": 0.1,
      "train/loss": 10, // of the last minibatch
      "train/n_updates": 20,
      "train/policy_gradient_loss": 2,
      "train/value_loss": 3,
    });
  });

  it("adds what only some trainings have", () => {
    const row = ppoLogRow(input({ clipsValues: true, klPenalty: true, deviation: 0.7 }));
    expect(row).toMatchObject({
      "train/clip_range_vf": 0.3,
      "train/kl": 8,
      "train/kl_coef": 0.5,
      "train/std": 0.7,
    });
  });
});
