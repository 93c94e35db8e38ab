/** Scaling of rewards by the standard deviation of returns. */

import { InvalidArgumentError } from "../../core/errors.js";
import { RunningMeanStd } from "../../core/running-mean-std.js";
import type { Stateful, StateRecord } from "../../core/state.js";

/** Options of {@link RewardScaler}. */
export interface RewardScalerOptions {
  /** Number of environments. */
  numEnvs: number;
  /** Discount of the returns; the same as in training. */
  gamma: number;
}

/**
 * Divides rewards by the running standard deviation of discounted returns and clips them to ±10
 * (details 30 and 31 of PPO; SB3's `VecNormalize`). The mean is not subtracted, so signs are preserved.
 */
export class RewardScaler implements Stateful {
  private readonly returns: Float64Array;
  private readonly statistics = new RunningMeanStd({ shape: [1], priorCount: 1e-4 });
  private readonly gamma: number;

  constructor({ numEnvs, gamma }: RewardScalerOptions) {
    this.returns = new Float64Array(numEnvs);
    this.gamma = gamma;
  }

  /**
   * Scales the rewards of one step of all environments, in place.
   *
   * @param done whether an episode ended with the step
   */
  scale(rewards: Float32Array, done: (env: number) => boolean): void {
    const { returns, gamma, statistics } = this;
    for (let e = 0; e < returns.length; e++) returns[e] = returns[e] * gamma + rewards[e];
    statistics.update(returns);
    const deviation = Math.sqrt(statistics.variance[0] + 1e-8);
    for (let e = 0; e < returns.length; e++) {
      rewards[e] = Math.max(-10, Math.min(10, rewards[e] / deviation));
      if (done(e)) returns[e] = 0;
    }
  }

  /** Called when episodes start in all environments: their returns start from zero, the statistics are kept. */
  restart(): void {
    this.returns.fill(0);
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { returns: this.returns.slice(), statistics: this.statistics.getState() };
  }

  /** Restores a state. @throws InvalidArgumentError when it belongs to another number of environments */
  setState(state: StateRecord): void {
    const { returns } = state;
    if (!(returns instanceof Float64Array && returns.length === this.returns.length)) {
      throw new InvalidArgumentError("state", `expected returns: Float64Array(${this.returns.length})`);
    }
    this.returns.set(returns);
    this.statistics.setState(state.statistics as StateRecord);
  }
}
