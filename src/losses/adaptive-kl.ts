/** The adaptive coefficient of PPO's KL penalty. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { Stateful, StateRecord } from "../core/state.js";

/** Options of {@link AdaptiveKLCoefficient}. */
export interface AdaptiveKLOptions {
  /** Initial coefficient (RLlib's `kl_coeff`), default 0.2; 0 disables the penalty permanently. */
  initial?: number;
  /** Target mean KL divergence of one update (RLlib's `kl_target`), default 0.01. */
  target?: number;
}

const names = optionNames<AdaptiveKLOptions>({
  initial: true,
  target: true,
});

/**
 * Coefficient of the KL penalty, adapted after every update (Schulman et al. 2017, section 4;
 * RLlib's rule): above twice the target it grows by half, below half the target it halves.
 *
 * @example
 * ```ts
 * const kl = new AdaptiveKLCoefficient({ initial: 0.5, target: 0.01 });
 * kl.update(0.03); // 0.75
 * ```
 */
export class AdaptiveKLCoefficient implements Stateful {
  /** Current coefficient. */
  value: number;
  /** Target KL divergence. */
  readonly target: number;

  /** @throws InvalidArgumentError when a number is negative, or the target zero */
  constructor(options: AdaptiveKLOptions = {}) {
    if (new.target === AdaptiveKLCoefficient) checkOptions("AdaptiveKLCoefficient", options, names);
    this.value = options.initial ?? 0.2;
    this.target = options.target ?? 0.01;
    if (!(this.value >= 0))
      throw new InvalidArgumentError("initial", `expected a number >= 0, received ${this.value}`);
    if (!(this.target > 0))
      throw new InvalidArgumentError("target", `expected a positive number, received ${this.target}`);
  }

  /** Adapts the coefficient to the mean KL divergence of the finished update; returns the new value. */
  update(meanKl: number): number {
    if (meanKl > 2 * this.target) this.value *= 1.5;
    else if (meanKl < 0.5 * this.target) this.value *= 0.5;
    return this.value;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { value: this.value };
  }

  /** Restores a state. @throws InvalidArgumentError when its coefficient is not a number of at least 0 */
  setState({ value }: StateRecord): void {
    if (!(typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgumentError("state", `expected a coefficient of at least 0, received ${value}`);
    }
    this.value = value;
  }
}
