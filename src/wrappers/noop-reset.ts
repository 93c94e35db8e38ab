/** Starts games with a random number of NOOP steps. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions } from "../core/check-options.js";
import { Random } from "../core/random.js";
import type { StateRecord } from "../core/state.js";
import type {
  Action,
  Env,
  Info,
  RepeatOptions,
  RepeatResult,
  ResetOptions,
  ResetResult,
} from "../envs/env.js";
import { requireMeaning } from "./action-meanings.js";
import { optionsAgain, Wrapper } from "./wrapper.js";
import { wrapperRandom } from "./wrapper-random.js";

/** Options of {@link NoopReset}. */
export interface NoopResetOptions {
  /** Maximum number of NOOP steps, default 30. */
  noopMax?: number;
}

/**
 * Plays NOOP for a uniformly drawn number of steps, 1 to `noopMax`, after every reset, so that games do not
 * all start in the same way (Mnih et al. 2015). If a game ends in the meantime, it is reset and the NOOPs continue.
 *
 * `info` of `reset` merges the infos of all steps played, later ones take precedence, and has `info.noops`, their
 * number. If it has `info.episode`, a complete game ended during the NOOPs.
 *
 * @example
 * ```ts
 * const { info } = new NoopReset(make("Arcade/Breakout-v0")).reset({ seed: 0 });
 * info.noops; // 1..30
 * ```
 */
export class NoopReset extends Wrapper {
  private readonly noopMax: number;
  private random = new Random();

  /** @throws InvalidArgumentError when action 0 is not NOOP or `noopMax` is not a positive integer */
  constructor(env: Env, options: NoopResetOptions = {}) {
    super(env);
    if (new.target === NoopReset) checkOptions("NoopReset", options, ["noopMax"]);
    const { noopMax = 30 } = options;
    checkInteger("noopMax", noopMax);
    requireMeaning("NoopReset", env, 0, "NOOP");
    this.noopMax = noopMax;
    // around a custom step, steps have to be played one by one
    if (env.repeatStep && this.step === Wrapper.prototype.step) {
      this.repeatStep = (action, options) => (env as Required<Env>).repeatStep(action, options);
    }
  }

  /** Resets and plays the NOOPs. A seed also seeds their number. */
  override reset(options: ResetOptions = {}): ResetResult {
    if (options.seed !== undefined) this.random = wrapperRandom("NoopReset", options.seed);
    let { observation, info } = super.reset(options);
    const all: Info = { ...info };
    const noops = 1 + this.random.integer(this.noopMax);
    for (let left = noops; left > 0; ) {
      const step = this.wait(left);
      left -= step.steps;
      ({ observation, info } = step);
      Object.assign(all, info);
      if (!step.terminated && !step.truncated) continue;
      ({ observation, info } = this.env.reset(optionsAgain(options)));
      Object.assign(all, info);
    }
    all.noops = noops;
    return { observation, info: all };
  }

  /** Missing if the inner environment does not have it. */
  repeatStep?(action: Action, options: RepeatOptions): RepeatResult;

  // Plays NOOP for up to `times` steps.
  private wait(times: number): RepeatResult {
    if (this.env.repeatStep) return this.env.repeatStep(0, { times });
    return { ...this.env.step(0), steps: 1 };
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { random: this.random.getState() };
  }

  /** @inheritDoc */
  protected override setOwnState(state: StateRecord): void {
    this.random.setState(state.random as StateRecord);
  }
}
