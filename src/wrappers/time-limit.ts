/** Limits the length of episodes. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link TimeLimit}. */
export interface TimeLimitOptions {
  /** Number of steps after which an episode is truncated. */
  maxEpisodeSteps: number;
}

/**
 * Sets `truncated` on step `maxEpisodeSteps` of an episode, unless the task itself ended there; never touches
 * `terminated`.
 *
 * @example
 * ```ts
 * const env = new TimeLimit(make("Arcade/Breakout-v0"), { maxEpisodeSteps: 1000 });
 * ```
 */
export class TimeLimit extends Wrapper {
  private readonly maxEpisodeSteps: number;
  private steps = 0;

  /** @throws InvalidArgumentError when `maxEpisodeSteps` is not a positive integer */
  constructor(env: Env, options: TimeLimitOptions) {
    super(env);
    if (new.target === TimeLimit) checkOptions("TimeLimit", options, ["maxEpisodeSteps"]);
    const { maxEpisodeSteps } = options;
    checkInteger("maxEpisodeSteps", maxEpisodeSteps);
    this.maxEpisodeSteps = maxEpisodeSteps;
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const result = super.reset(options);
    this.steps = 0;
    return result;
  }

  /**
   * Plays one step.
   *
   * @throws InvalidStateError after the limit, until `reset` is called
   */
  override step(action: Action): StepResult {
    if (this.steps >= this.maxEpisodeSteps) {
      throw new InvalidStateError(
        `step() after the time limit of ${this.maxEpisodeSteps} steps: call reset() first`,
      );
    }
    const result = super.step(action);
    this.steps++;
    return this.steps < this.maxEpisodeSteps || result.terminated ? result : { ...result, truncated: true };
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { steps: this.steps };
  }

  /** @inheritDoc */
  protected override setOwnState({ steps }: StateRecord): void {
    if (typeof steps !== "number") throw new InvalidArgumentError("state", "expected { steps } of TimeLimit");
    this.steps = steps;
  }
}
