/** Records return and length of complete episodes. */

import { InvalidArgumentError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type {
  Action,
  Env,
  RepeatOptions,
  RepeatResult,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/**
 * Adds `info.episode = { return, length }` to the last step of every episode. As the innermost
 * wrapper it counts complete games, unclipped rewards and the environment's own steps, whatever wrappers are
 * around it.
 *
 * @example
 * ```ts
 * const env = new RecordEpisodeStatistics(make("CartPole-v1"));
 * ```
 */
export class RecordEpisodeStatistics extends Wrapper {
  private return = 0;
  private length = 0;

  /** @param env the inner environment */
  constructor(env: Env) {
    super(env);
    // around a custom step, steps have to be played one by one
    if (env.repeatStep && this.step === RecordEpisodeStatistics.prototype.step) {
      this.repeatStep = (action, options) => {
        const result = (env as Required<Env>).repeatStep(action, options);
        return this.count(result, result.steps);
      };
    }
  }

  /** Missing if the inner environment does not have it. */
  repeatStep?(action: Action, options: RepeatOptions): RepeatResult;

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const result = super.reset(options);
    this.return = 0;
    this.length = 0;
    return result;
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    return this.count(super.step(action), 1);
  }

  /** Adds a step to the episode, and the statistics at its end. */
  protected count<Result extends StepResult>(result: Result, steps: number): Result {
    this.return += result.reward;
    this.length += steps;
    if (!result.terminated && !result.truncated) return result;
    const episode = { return: this.return, length: this.length };
    return { ...result, info: { ...result.info, episode } };
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { return: this.return, length: this.length };
  }

  /** @inheritDoc */
  protected override setOwnState(state: StateRecord): void {
    if (typeof state.return !== "number" || typeof state.length !== "number") {
      throw new InvalidArgumentError("state", "expected { return, length } of RecordEpisodeStatistics");
    }
    this.return = state.return;
    this.length = state.length;
  }
}
