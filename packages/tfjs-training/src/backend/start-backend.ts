/** Activates a registered backend. */

import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";
import { registerComparisonGradients } from "../gradients/comparisons.js";
import { registerMissingGradients } from "../gradients/index.js";
import type { BackendName } from "./backend-choice.js";
import { checkNumbers } from "./self-test.js";

/**
 * Starts a backend and checks its results.
 *
 * @param prepare runs between start and check, e.g. to replace kernels
 * @throws BackendError, starting with `problem`, when it cannot start or computes incorrect results
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
  // Only now: a package that was just imported, such as tfjs-node, registers tfjs's own gradients again.
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

/** Formats an error as `: message`, its first line. */
export function because(cause: unknown): string {
  return cause instanceof Error ? `: ${cause.message.split("\n")[0].trim()}` : "";
}
