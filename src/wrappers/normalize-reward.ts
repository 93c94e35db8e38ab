/** Scales rewards by the standard deviation of returns. */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError, NonFiniteError } from "../core/errors.js";
import { RunningMeanStd } from "../core/running-mean-std.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link NormalizeReward}. */
export interface NormalizeRewardOptions {
  /** Discount factor of the returns, default 0.99: use that of the training. */
  gamma?: number;
  /** Added to the variance, default 1e-8. */
  epsilon?: number;
  /** Whether rewards update the statistics, default true. */
  updateRunningMean?: boolean;
}

/**
 * Divides rewards by the running standard deviation of a discounted sum of past rewards (Gymnasium's
 * `NormalizeReward`, including its sum: it is cleared where the task terminates, not where an episode is
 * truncated). Signs are preserved.
 *
 * `PPOTrainer` has its own `normalizeReward`, over all its environments: do not use both.
 *
 * @example
 * ```ts
 * const env = new NormalizeReward(make("Pendulum-v1"), { gamma: 0.9 });
 * ```
 */
export class NormalizeReward extends Wrapper {
  /** Mean and variance of the discounted sums. */
  readonly statistics: RunningMeanStd = new RunningMeanStd({ shape: [1], priorCount: 1e-4 });
  /** Whether rewards update the statistics. */
  updateRunningMean: boolean;
  private readonly gamma: number;
  private readonly epsilon: number;
  private discounted = 0;

  /** @throws InvalidArgumentError when `gamma` is not in 0..1 or `epsilon` not positive */
  constructor(env: Env, options: NormalizeRewardOptions = {}) {
    super(env);
    if (new.target === NormalizeReward)
      checkOptions("NormalizeReward", options, ["gamma", "epsilon", "updateRunningMean"]);
    const { gamma = 0.99, epsilon = 1e-8, updateRunningMean = true } = options;
    if (!(gamma >= 0 && gamma <= 1)) {
      throw new InvalidArgumentError("gamma", `expected a number in 0..1, received ${gamma}`);
    }
    if (!(epsilon > 0)) {
      throw new InvalidArgumentError("epsilon", `expected a positive number, received ${epsilon}`);
    }
    this.gamma = gamma;
    this.epsilon = epsilon;
    this.updateRunningMean = updateRunningMean;
  }

  /**
   * Plays one step.
   *
   * @throws NonFiniteError when the reward is NaN or infinite; it is then excluded from the sum
   */
  override step(action: Action): StepResult {
    const result = super.step(action);
    const { reward, terminated } = result;
    if (!Number.isFinite(reward)) throw new NonFiniteError(`"${this.id}" returned the reward ${reward}`);
    this.discounted = (terminated ? 0 : this.discounted * this.gamma) + reward;
    if (this.updateRunningMean) this.statistics.update([this.discounted]);
    return { ...result, reward: reward / Math.sqrt(this.statistics.variance[0] + this.epsilon) };
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    const { discounted, updateRunningMean, statistics } = this;
    return { discounted, updateRunningMean, statistics: statistics.getState() };
  }

  /** @inheritDoc */
  protected override setOwnState({ discounted, updateRunningMean, statistics }: StateRecord): void {
    if (typeof discounted !== "number" || typeof updateRunningMean !== "boolean") {
      throw new InvalidArgumentError("state", "expected a state of NormalizeReward");
    }
    this.statistics.setState(statistics as StateRecord);
    this.discounted = discounted;
    this.updateRunningMean = updateRunningMean;
  }
}
