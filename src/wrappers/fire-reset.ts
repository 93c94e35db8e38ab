/** Starts games by pressing FIRE. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Env, Info, ResetOptions, ResetResult } from "../envs/env.js";
import { requireMeaning } from "./action-meanings.js";
import { optionsAgain, Wrapper } from "./wrapper.js";

/**
 * Plays FIRE and then action 2 after every reset, for games that stand still until then (Mnih et al. 2015;
 * RLlib and Stable-Baselines3 play the same two steps). Around {@link EpisodicLife} it does so after each
 * lost life. If one of the steps ends the episode, it is reset and the new observation is returned (RLlib
 * returns the one of the ended episode).
 *
 * `info` of `reset` merges the infos of all steps played, later ones take precedence.
 *
 * @example
 * ```ts
 * const env = new FireReset(make("Arcade/Breakout-v0")); // the ball is in play from the first step on
 * ```
 */
export class FireReset extends Wrapper {
  /** @throws InvalidArgumentError when action 1 is not FIRE or there are fewer than three actions */
  constructor(env: Env) {
    super(env);
    requireMeaning("FireReset", env, 1, "FIRE");
    if (env.actionMeanings?.[2] === undefined) {
      throw new InvalidArgumentError("env", `FireReset expected at least three actions of "${env.id}"`);
    }
  }

  /** Resets and plays the two steps. */
  override reset(options: ResetOptions = {}): ResetResult {
    let { observation, info } = super.reset(options);
    const all: Info = { ...info };
    for (const action of [1, 2]) {
      const step = this.env.step(action);
      ({ observation, info } = step);
      Object.assign(all, info);
      if (!step.terminated && !step.truncated) continue;
      ({ observation, info } = this.env.reset(optionsAgain(options)));
      Object.assign(all, info);
    }
    return { observation, info: all };
  }
}
