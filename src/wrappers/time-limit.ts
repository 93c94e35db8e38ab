/** Episodes of limited length. */

import { InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link TimeLimit}. */
export interface TimeLimitOptions {
  /** Steps after which an episode is cut. */
  maxSteps: number;
}

/**
 * Sets `truncated` on step `maxSteps` of an episode, unless the task itself ended there; never touches
 * `terminated`.
 *
 * @example
 * ```ts
 * const env = new TimeLimit(make("Arcade/Breakout-v0"), { maxSteps: 1000 });
 * ```
 */
export class TimeLimit extends Wrapper {
  private readonly maxSteps: number;
  private steps = 0;

  /** @throws InvalidArgumentError when `maxSteps` is not a positive integer */
  constructor(env: Env, { maxSteps }: TimeLimitOptions) {
    super(env);
    if (!(Number.isInteger(maxSteps) && maxSteps > 0)) {
      throw new InvalidArgumentError("maxSteps", `expected a positive integer, received ${maxSteps}`);
    }
    this.maxSteps = maxSteps;
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
    if (this.steps >= this.maxSteps) {
      throw new InvalidStateError(
        `step() after the time limit of ${this.maxSteps} steps: call reset() first`,
      );
    }
    const result = super.step(action);
    this.steps++;
    return this.steps < this.maxSteps || result.terminated ? result : { ...result, truncated: true };
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
