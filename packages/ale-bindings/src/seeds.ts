/** Seeds of episodes. */

import { invalidArgument } from "./errors.js";

/** @throws AleError `INVALID_ARGUMENT` when a seed, where there is one, is not a whole number of at least 0 */
export function checkSeed(seed: number | undefined): void {
  if (seed !== undefined && !(Number.isSafeInteger(seed) && seed >= 0)) {
    throw invalidArgument("seed", `expected a whole number of at least 0, received ${seed}`);
  }
}

/**
 * Seed for the `restarts`-th new process of an environment that was seeded with `seed`: another one, lest the
 * episode that was lost be played again, and the same in every run that loses the same number.
 */
export function restartSeed(seed: number, restarts: number): number {
  return (seed + Math.imul(restarts, 0x9e3779b1)) >>> 1;
}
