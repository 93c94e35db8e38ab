/** Making a registered backend the active one. */

import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";
import { registerComparisonGradients } from "../gradients/comparisons.js";
import { registerMissingGradients } from "../gradients/index.js";
import type { BackendName } from "./backend-choice.js";
import { checkNumbers } from "./self-test.js";

/**
 * Starts a backend and checks its numbers.
 *
 * @param prepare runs between start and check, e.g. to replace kernels
 * @throws BackendError, beginning with `problem`, when it cannot start or computes wrong numbers
 */
export async function startBackend(name: BackendName, problem: string, prepare = () => {}): Promise<void> {
  let started = false;
  let cause: unknown;
  try {
    started = await tf.setBackend(name);
    await tf.ready();
  } catch (error) {
    cause = error;
  }
  if (!started) throw new BackendError(problem + because(cause), { cause });
  // Only now: a package that was just imported, such as tfjs-node, brings tfjs's own gradients along.
  registerComparisonGradients();
  registerMissingGradients();
  prepare();
  try {
    await checkNumbers();
  } catch (error) {
    throw new BackendError(`the backend "${name}" fails its first computations${because(error)}`, {
      cause: error,
    });
  }
}

/** `: message` of an error, its first line. */
export function because(cause: unknown): string {
  return cause instanceof Error ? `: ${cause.message.split("\n")[0].trim()}` : "";
}
