/** The failure of one environment among many. */

import { NcpsError } from "../core/errors.js";

/** What {@link EnvFailedError} tells. */
export interface EnvFailure {
  /** Index of the environment in its vector environment. */
  index: number;
  /** Id of the environment, where it is known. */
  id?: string;
  /** The last seed it was given; missing when it never got one. */
  seed?: number;
  /** Steps since the last `reset` of the vector environment, the failed one included. */
  step: number;
  /** What it was doing, e.g. `"step"`. */
  during: string;
  /** What it threw. */
  cause: unknown;
}

/**
 * An environment inside a vector environment threw. Code `ENV_FAILED`. `cause` holds the original
 * error; resetting one such environment with `seed` and playing the same `step` actions leads there
 * again. The vector environment and all its environments are closed.
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
  /** The last seed it was given; `undefined` when it never got one. */
  readonly seed: number | undefined;
  /** Steps since the last `reset` of the vector environment, the failed one included. */
  readonly step: number;
  /** What it was doing, e.g. `"step"`. */
  readonly during: string;
  /** What it threw, in one line, e.g. `"RangeError: invalid array length"`. */
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
