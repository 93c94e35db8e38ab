/** Rewards of one size for all games. */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** How rewards are clipped: to their sign, or to `-c .. c`. */
export type RewardClip = "sign" | number;

/** Options of {@link ClipReward}. */
export interface ClipRewardOptions {
  /** `"sign"` (default) for -1, 0 or 1; a number `c` for the range `-c .. c`. */
  clip?: RewardClip;
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
  private readonly clip: RewardClip;

  /** @throws InvalidArgumentError when `clip` is neither `"sign"` nor a positive number */
  constructor(env: Env, options: ClipRewardOptions = {}) {
    super(env);
    if (new.target === ClipReward) checkOptions("ClipReward", options, ["clip"]);
    const { clip = "sign" } = options;
    if (clip !== "sign" && !(clip > 0)) {
      throw new InvalidArgumentError("clip", `expected "sign" or a positive number, received ${clip}`);
    }
    this.clip = clip;
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const { clip } = this;
    const { observation, reward: raw, terminated, truncated, info } = super.step(action);
    const reward = clip === "sign" ? Math.sign(raw) : Math.max(-clip, Math.min(clip, raw));
    return { observation, reward, terminated, truncated, info };
  }
}
