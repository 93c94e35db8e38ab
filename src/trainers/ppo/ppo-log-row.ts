/** The figures of a PPO update, as the log shows them. */

import type { EpisodeWindow } from "../../core/episode-window.js";
import type { LogRow } from "../../logging/index.js";
import { type ActionDistribution, explainedVariance } from "../../losses/index.js";
import type { RolloutBuffer } from "../../memory/index.js";
import type { PPOUpdateCoefficients } from "./ppo-objective.js";
import type { PPOUpdateStatistics } from "./ppo-update.js";

/** What {@link ppoLogRow} tells of. */
export interface PPOLogRowInput {
  /** Of the update. */
  statistics: PPOUpdateStatistics;
  /** It was made with. */
  coefficients: PPOUpdateCoefficients;
  /** It learned from. */
  buffer: RolloutBuffer;
  /** Updates so far. */
  updates: number;
  /** Whole episodes so far. */
  episodes: EpisodeWindow;
  /** Of the actions. */
  distribution: ActionDistribution;
  /** Whether there is a KL penalty. */
  klPenalty: boolean;
}

/** Names are SB3's where it has one. */
export function ppoLogRow(input: PPOLogRowInput): LogRow {
  const { statistics, coefficients, buffer, updates, episodes, distribution, klPenalty } = input;
  return {
    "rollout/ep_rew_mean": episodes.meanReturn,
    "rollout/ep_len_mean": episodes.meanLength,
    "train/approx_kl": statistics.approxKl,
    "train/clip_fraction": statistics.clipFraction,
    "train/clip_range": coefficients.clipRange,
    "train/entropy_loss": -statistics.entropy,
    "train/explained_variance": explainedVariance(buffer.values, buffer.returns),
    "train/first_ratio_deviation": statistics.firstRatioDeviation,
    "train/grad_norm": statistics.gradNorm,
    "train/learning_rate": coefficients.learningRate,
    "train/loss": statistics.loss,
    "train/n_updates": updates,
    "train/policy_gradient_loss": statistics.policyLoss,
    "train/value_loss": statistics.valueLoss,
    ...(distribution.meanDeviation && { "train/std": distribution.meanDeviation(buffer.distributions) }),
    ...(klPenalty && { "train/kl": statistics.kl, "train/kl_coef": coefficients.klCoef }),
  };
}
