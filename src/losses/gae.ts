/** Generalised advantage estimation on plain arrays. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";

/** Options of {@link GAE}. */
export interface GAEOptions {
  /** Discount factor γ, default 0.99. */
  gamma?: number;
  /** Trace decay λ, default 0.95; 0 gives one-step TD errors, 1 gives discounted returns minus values. */
  lambda?: number;
}

const names = optionNames<GAEOptions>({
  gamma: true,
  lambda: true,
});

/** Arguments of {@link GAE.compute}; all arrays are flat and environment-major: element `env * numSteps + step`. */
export interface GAEInput {
  /** Number of environments. */
  numEnvs: number;
  /** Number of steps per environment. */
  numSteps: number;
  /** `[numEnvs, numSteps]` rewards. */
  rewards: ArrayLike<number>;
  /** `[numEnvs, numSteps]` values of the observations that the actions were chosen on. */
  values: ArrayLike<number>;
  /** `[numEnvs]` values of the observations after the last step. */
  lastValues: ArrayLike<number>;
  /** `[numEnvs, numSteps]`, 1 where the episode terminated. */
  terminated: ArrayLike<number>;
  /** `[numEnvs, numSteps]`, 1 where the episode was truncated; default none. */
  truncated?: ArrayLike<number>;
  /** `[numEnvs, numSteps]` values of the final observations of truncated episodes (read only there); default zeros. */
  finalValues?: ArrayLike<number>;
}

/** Result of {@link GAE.compute}. */
export interface GAEResult {
  /** `[numEnvs, numSteps]` advantages. */
  advantages: Float32Array;
  /** `[numEnvs, numSteps]` value targets: advantages plus values, TD(λ). */
  returns: Float32Array;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, eq. 16):
 * `δ_t = r_t + γ V_{t+1} - V_t`, `A_t = δ_t + γ λ A_{t+1}`.
 *
 * After termination the value is zero. After truncation it is the value of the final observation, and the
 * trace ends there: a time limit is not part of the task.
 *
 * @example
 * ```ts
 * const gae = new GAE({ gamma: 0.99, lambda: 0.95 });
 * const { advantages, returns } = gae.compute({
 *   numEnvs: 1, numSteps: 2, rewards: [1, 0], values: [0.5, 0.4], lastValues: [0.3], terminated: [0, 0],
 * });
 * ```
 */
export class GAE {
  /** Discount factor. */
  readonly gamma: number;
  /** Trace decay. */
  readonly lambda: number;

  /** @throws InvalidArgumentError when γ or λ is outside 0..1 */
  constructor(options: GAEOptions = {}) {
    if (new.target === GAE) checkOptions("GAE", options, names);
    this.gamma = unitInterval("gamma", options.gamma ?? 0.99);
    this.lambda = unitInterval("lambda", options.lambda ?? 0.95);
  }

  /**
   * Computes advantages and value targets in float64, backwards in time.
   *
   * @throws ShapeError when an array has another length than `numEnvs * numSteps`
   */
  compute(input: GAEInput): GAEResult {
    const { numEnvs, numSteps, rewards, values, lastValues, terminated, truncated, finalValues } = input;
    const size = numEnvs * numSteps;
    for (const name of ["rewards", "values", "terminated", "truncated", "finalValues"] as const) {
      const array = input[name];
      if (array && array.length !== size)
        throw new ShapeError(name, `[${numEnvs} * ${numSteps}]`, [array.length]);
    }
    if (lastValues.length !== numEnvs)
      throw new ShapeError("lastValues", `[${numEnvs}]`, [lastValues.length]);

    const advantages = new Float32Array(size);
    const returns = new Float32Array(size);
    const decay = this.gamma * this.lambda;
    for (let env = 0; env < numEnvs; env++) {
      let nextAdvantage = 0;
      let nextValue = lastValues[env];
      for (let i = (env + 1) * numSteps - 1; i >= env * numSteps; i--) {
        if (terminated[i]) {
          nextAdvantage = 0;
          nextValue = 0;
        } else if (truncated?.[i]) {
          nextAdvantage = 0;
          nextValue = finalValues?.[i] ?? 0;
        }
        const delta = rewards[i] + this.gamma * nextValue - values[i];
        nextAdvantage = delta + decay * nextAdvantage;
        nextValue = values[i];
        advantages[i] = nextAdvantage;
        returns[i] = nextAdvantage + values[i];
      }
    }
    return { advantages, returns };
  }
}

function unitInterval(name: string, value: number): number {
  if (!(value >= 0 && value <= 1))
    throw new InvalidArgumentError(name, `expected a number in 0..1, received ${value}`);
  return value;
}
