/** The log row of a PPO update. */

import type { EpisodeWindow } from "../../core/episode-window.js";
import type { LogRow } from "../../logging/index.js";
import { explainedVariance } from "../../losses/index.js";
import type { RolloutBuffer } from "../../memory/index.js";
import type { PPOUpdateCoefficients } from "./minibatch-inputs.js";
import type { PPOUpdateStatistics } from "./ppo-update.js";

/** Input of {@link ppoLogRow}. */
export interface PPOLogRowInput {
  /** Statistics of the update. */
  statistics: PPOUpdateStatistics;
  /** Coefficients of the update. */
  coefficients: PPOUpdateCoefficients;
  /** The rollout it was trained on. */
  buffer: RolloutBuffer;
  /** Total number of epochs of all updates. */
  epochs: number;
  /** The last whole episodes. */
  episodes: EpisodeWindow;
  /** Mean standard deviation of the policy after the update; continuous actions only. */
  deviation?: number;
  /** Whether values are clipped. */
  clipsValues: boolean;
  /** Whether there is a KL penalty. */
  klPenalty: boolean;
}

/** Makes the row of one update. Metrics with a name of SB3 are computed as in SB3. */
export function ppoLogRow(input: PPOLogRowInput): LogRow {
  const { statistics, coefficients, buffer, epochs, episodes, deviation, clipsValues, klPenalty } = input;
  return {
    "rollout/ep_rew_mean": episodes.meanReturn,
    "rollout/ep_len_mean": episodes.meanLength,
    "train/approx_kl": statistics.lastApproxKl,
    "train/approx_kl_mean": statistics.approxKl,
    "train/clip_fraction": statistics.clipFraction,
    "train/clip_range": coefficients.clipRange,
    ...(clipsValues && { "train/clip_range_vf": coefficients.clipRangeVf }),
    "train/entropy_loss": -statistics.entropy,
    "train/explained_variance": explainedVariance(buffer.values, buffer.returns),
    "train/first_ratio_deviation": statistics.firstRatioDeviation,
    "train/grad_norm": statistics.gradNorm,
    "train/learning_rate": coefficients.learningRate,
    "train/loss": statistics.lastLoss,
    "train/n_updates": epochs,
    "train/policy_gradient_loss": statistics.policyLoss,
    "train/value_loss": statistics.valueLoss,
    ...(deviation !== undefined && { "train/std": deviation }),
    ...(klPenalty && { "train/kl": statistics.kl, "train/kl_coef": coefficients.klCoef }),
  };
}
