/** Checks the meanings of an environment's actions. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Env } from "../envs/env.js";

/**
 * Checks that action `index` means `meaning`.
 *
 * @param wrapper name of the wrapper that requires it
 * @throws InvalidArgumentError when it means something else or the environment has no action meanings
 */
export function requireMeaning(wrapper: string, env: Env, index: number, meaning: string): void {
  const received = env.actionMeanings?.[index];
  if (received === meaning) return;
  throw new InvalidArgumentError(
    "env",
    `${wrapper} expected action ${index} of "${env.id}" to be ${meaning}, received ${
      env.actionMeanings ? (received ?? "no such action") : "an environment without actionMeanings"
    }; leave ${wrapper} out`,
  );
}
