/** The error of one environment of a vector environment. */

import { NcpsError } from "../core/errors.js";

/** Description of an environment's failure. */
export interface EnvFailure {
  /** Index of the environment in its vector environment. */
  index: number;
  /** Id of the environment, if known. */
  id?: string;
  /** The last seed of the environment; missing if it had none. */
  seed?: number;
  /** Steps since the last `reset` of the vector environment, including the failed one. */
  step: number;
  /** What the environment was doing, e.g. `"step"`. */
  during: string;
  /** The error that was thrown. */
  cause: unknown;
}

/**
 * Thrown when an environment inside a vector environment throws. Code `ENV_FAILED`. `cause` is the original
 * error; resetting one such environment with `seed` and replaying the same `step` actions reproduces
 * it. The vector environment and all its environments are closed.
 *
 * @example
 * ```ts
 * try {
 *   await envs.step(actions);
 * } catch (error) {
 *   if (error instanceof EnvFailedError) console.error(error.index, error.seed, error.step, error.cause);
 * }
 * ```
 */
export class EnvFailedError extends NcpsError {
  static {
    EnvFailedError.prototype.name = "EnvFailedError";
  }

  /** Index of the environment in its vector environment. */
  readonly index: number;
  /** The last seed of the environment; `undefined` if it had none. */
  readonly seed: number | undefined;
  /** Steps since the last `reset` of the vector environment, including the failed one. */
  readonly step: number;
  /** What the environment was doing, e.g. `"step"`. */
  readonly during: string;
  /** The thrown error, in one line, e.g. `"RangeError: invalid array length"`. */
  readonly reason: string;

  /** @param failure which environment failed, when, and what it threw */
  constructor({ index, id, seed, step, during, cause }: EnvFailure) {
    const name = [id && `"${id}"`, seed !== undefined && `seed ${seed}`, `step ${step}`].filter(Boolean);
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(
      "ENV_FAILED",
      `environment ${index} (${name.join(", ")}) failed in ${during}: ${reason}. All environments were closed`,
      { cause },
    );
    this.during = during;
    this.reason = reason;
    this.index = index;
    this.seed = seed;
    this.step = step;
  }
}
