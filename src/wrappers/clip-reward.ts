/** Clips rewards to the same range for all games. */

import { checkOptions } from "../core/check-options.js";
import { checkRewardClipping, clipReward, type RewardClipping } from "../core/reward-clipping.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link ClipReward}. */
export interface ClipRewardOptions {
  /** Clipping mode, default `"sign"`: -1, 0 or 1. */
  clip?: RewardClipping;
}

/**
 * Clips rewards. `info.episode` of an inner {@link RecordEpisodeStatistics} stays unclipped.
 *
 * @example
 * ```ts
 * const env = new ClipReward(make("Arcade/Breakout-v0")); // rewards 1, 4 and 7 become 1
 * ```
 */
export class ClipReward extends Wrapper {
  private readonly clip: RewardClipping;

  /** @throws InvalidArgumentError when `clip` is neither `"sign"` nor a positive limit */
  constructor(env: Env, options: ClipRewardOptions = {}) {
    super(env);
    if (new.target === ClipReward) checkOptions("ClipReward", options, ["clip"]);
    const { clip = "sign" } = options;
    checkRewardClipping("clip", clip);
    this.clip = clip;
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const { observation, reward: raw, terminated, truncated, info } = super.step(action);
    return { observation, reward: clipReward(raw, this.clip), terminated, truncated, info };
  }
}
