/** Seeds of episodes. */

import { invalidArgument } from "./errors.js";

/** @throws AleError `INVALID_ARGUMENT` when a seed, if given, is not a whole number of at least 0 */
export function checkSeed(seed: number | undefined): void {
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw invalidArgument("seed", `expected a whole number of at least 0, received ${seed}`);
  }
}

/**
 * Seed for the `restarts`-th new process of an environment that was seeded with `seed`: a different one, so that the
 * lost episode is not repeated, and the same in every run with the same number of failures.
 */
export function restartSeed(seed: number, restarts: number): number {
  return (seed + Math.imul(restarts, 0x9e3779b1)) >>> 1;
}
