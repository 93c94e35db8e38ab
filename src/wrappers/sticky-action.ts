/** Repeats the previous action at random (sticky actions). */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { Random } from "../core/random.js";
import { isTypedArray, type StateRecord } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";
import { wrapperRandom } from "./wrapper-random.js";

/** Options of {@link StickyAction}. */
export interface StickyActionOptions {
  /** Probability that the previous action is played instead, default 0.25. */
  probability?: number;
}

/**
 * Plays the previous action again instead of the new one with a given probability (Machado et al. 2018), drawn
 * for every step of the inner environment: it belongs inside {@link MaxAndSkip}. Before the first
 * action of an episode NOOP counts as the previous one if action 0 is NOOP; otherwise the first action never sticks.
 *
 * @example
 * ```ts
 * const env = new MaxAndSkip(new StickyAction(make("BreakoutNoFrameskip-v4")));
 * ```
 */
export class StickyAction extends Wrapper {
  private readonly probability: number;
  private readonly first: Action | null;
  private random = new Random();
  private previous: Action | null = null;

  /** @throws InvalidArgumentError when the probability is not in `[0, 1)` */
  constructor(env: Env, options: StickyActionOptions = {}) {
    super(env);
    if (new.target === StickyAction) checkOptions("StickyAction", options, ["probability"]);
    const { probability = 0.25 } = options;
    if (!(probability >= 0 && probability < 1)) {
      throw new InvalidArgumentError("probability", `expected a number in [0, 1), received ${probability}`);
    }
    this.probability = probability;
    this.first = env.actionMeanings?.[0] === "NOOP" ? 0 : null;
  }

  /** Resets. A seed also seeds the sticky actions. */
  override reset(options: ResetOptions = {}): ResetResult {
    if (options.seed !== undefined) this.random = wrapperRandom("StickyAction", options.seed);
    const result = super.reset(options);
    this.previous = this.first;
    return result;
  }

  /** Plays the action or the previous one. */
  override step(action: Action): StepResult {
    const sticks = this.random.uniform() < this.probability;
    if (!sticks || this.previous === null)
      this.previous = typeof action === "number" ? action : action.slice();
    return super.step(this.previous);
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    const { previous } = this;
    return {
      random: this.random.getState(),
      previous: isTypedArray(previous) ? previous.slice() : previous,
    };
  }

  /** @inheritDoc */
  protected override setOwnState({ random, previous }: StateRecord): void {
    if (previous !== null && typeof previous !== "number" && !isTypedArray(previous)) {
      throw new InvalidArgumentError("state.previous", "expected an action or null");
    }
    this.random.setState(random as StateRecord);
    this.previous = isTypedArray(previous) ? previous.slice() : previous;
  }
}
