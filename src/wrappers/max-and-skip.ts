/** Repeats actions and takes the maximum of the last two frames. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions } from "../core/check-options.js";
import { createTypedArray, sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { elementwiseMax } from "../images/elementwise-max.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link MaxAndSkip}. */
export interface MaxAndSkipOptions {
  /** Number of frames for which an action is played, default 4. */
  skip?: number;
}

/**
 * Plays every action for `skip` frames, sums the rewards, and returns the elementwise maximum of the last
 * two frames, because Atari games draw some objects only on every other frame (Mnih et al. 2015). Stops at the
 * end of the episode, using the last two frames played (RLlib and Gymnasium use stale frames there). If the
 * environment has `repeatStep`, all frames are played in one call of it.
 *
 * @example
 * ```ts
 * const env = new MaxAndSkip(make("BreakoutNoFrameskip-v4"), { skip: 4 });
 * ```
 */
export class MaxAndSkip extends Wrapper {
  private readonly skip: number;
  private readonly previous: TypedArray;
  private readonly maximum: TypedArray;

  /** @throws InvalidArgumentError when `skip` is not a positive integer */
  constructor(env: Env, options: MaxAndSkipOptions = {}) {
    super(env);
    if (new.target === MaxAndSkip) checkOptions("MaxAndSkip", options, ["skip"]);
    const { skip = 4 } = options;
    checkInteger("skip", skip);
    this.skip = skip;
    const { dtype, shape } = env.observationSpace;
    this.previous = createTypedArray(dtype, sizeOf(shape));
    this.maximum = createTypedArray(dtype, sizeOf(shape));
  }

  /** Plays the action `skip` times; `info` is that of the last frame. */
  override step(action: Action): StepResult {
    if (this.env.repeatStep) {
      const { steps: _, ...result } = this.env.repeatStep(action, { times: this.skip, max: true });
      return result;
    }
    let step = this.env.step(action);
    let reward = step.reward;
    let frames = 1;
    for (; frames < this.skip && !step.terminated && !step.truncated; frames++) {
      this.previous.set(step.observation);
      step = this.env.step(action);
      reward += step.reward;
    }
    const { terminated, truncated, info } = step;
    const observation =
      frames === 1 ? step.observation : elementwiseMax(this.previous, step.observation, this.maximum);
    return { observation, reward, terminated, truncated, info };
  }
}
