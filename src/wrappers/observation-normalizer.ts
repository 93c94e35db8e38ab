/** Running normalisation of observations. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { RunningMeanStd } from "../core/running-mean-std.js";
import { type Stateful, type StateRecord, sizeOf } from "../core/state.js";

/** Options of {@link ObservationNormalizer}. */
export interface ObservationNormalizerOptions {
  /** Shape of one observation. */
  shape: readonly number[];
  /** Added to the variance, default 1e-8. */
  epsilon?: number;
  /** Normalised values are clipped to ± this, default infinity: no clipping. PPO uses 10. */
  clip?: number;
}

const names = optionNames<ObservationNormalizerOptions>({
  shape: true,
  epsilon: true,
  clip: true,
});

/**
 * Subtracts the running mean of observations and divides by their running standard deviation. One
 * instance may be shared by many environments, for training and evaluation: see {@link NormalizeObservation}.
 *
 * @example
 * ```ts
 * const normalizer = new ObservationNormalizer({ shape: [3], clip: 10 });
 * normalizer.update(observations); // flat [n, 3]
 * const normalised = normalizer.normalize(observations);
 * ```
 */
export class ObservationNormalizer implements Stateful {
  /** Mean and variance of all observations; initialised as in Gymnasium and Stable-Baselines3. */
  readonly statistics: RunningMeanStd;
  private readonly epsilon: number;
  private readonly clip: number;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: ObservationNormalizerOptions) {
    if (new.target === ObservationNormalizer) checkOptions("ObservationNormalizer", options, names);
    const { shape, epsilon = 1e-8, clip = Number.POSITIVE_INFINITY } = options;
    for (const [name, value] of Object.entries({ epsilon, clip })) {
      if (!(value > 0)) throw new InvalidArgumentError(name, `expected a positive number, received ${value}`);
    }
    this.statistics = new RunningMeanStd({ shape, priorCount: 1e-4 });
    this.epsilon = epsilon;
    this.clip = clip;
  }

  /**
   * Updates the statistics with observations.
   *
   * @param observations flat `[n, ...shape]`
   */
  update(observations: ArrayLike<number>): void {
    this.statistics.update(observations);
  }

  /**
   * Returns normalised copies without updating the statistics.
   *
   * @param observations flat `[n, ...shape]`
   */
  normalize(observations: ArrayLike<number>): Float32Array {
    const { mean, variance, shape } = this.statistics;
    const size = sizeOf(shape);
    const scale = variance.map((value) => 1 / Math.sqrt(value + this.epsilon));
    const out = new Float32Array(observations.length);
    for (let i = 0; i < out.length; i++) {
      const value = (observations[i] - mean[i % size]) * scale[i % size];
      out[i] = Math.max(-this.clip, Math.min(this.clip, value));
    }
    return out;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return this.statistics.getState();
  }

  /** @inheritDoc */
  setState(state: StateRecord): void {
    this.statistics.setState(state);
  }
}
