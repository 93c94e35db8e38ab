/** Transforms rewards by a function. */

import { checkOptions } from "../core/check-options.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link TransformReward}. */
export interface TransformRewardOptions {
  /** Returns the new reward. */
  transform: (reward: number) => number;
}

/**
 * Applies a function to every reward (Gymnasium's `TransformReward`). `info.episode` of an inner
 * {@link RecordEpisodeStatistics} is not affected. For clipping use {@link ClipReward}.
 *
 * @example
 * ```ts
 * const env = new TransformReward(make("Pendulum-v1"), { transform: (reward) => (reward + 8) / 8 });
 * ```
 */
export class TransformReward extends Wrapper {
  private readonly transform: (reward: number) => number;

  constructor(env: Env, options: TransformRewardOptions) {
    super(env);
    if (new.target === TransformReward) checkOptions("TransformReward", options, ["transform"]);
    const { transform } = options;
    this.transform = transform;
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const result = super.step(action);
    return { ...result, reward: this.transform(result.reward) };
  }
}
