/** Throws a helpful error when no backend is active. */

import * as tf from "@tensorflow/tfjs-core";
import { BackendError } from "../core/errors.js";

/**
 * Checks that a backend is active.
 *
 * @throws BackendError when none is; the message says what to call
 */
export function requireBackend(): void {
  if (tf.getBackend()) return;
  try {
    tf.backend(); // starts a backend that the program imported itself
  } catch (cause) {
    throw new BackendError(
      "no backend is active: call `await useBackend()` before making layers, models or trainers",
      { cause },
    );
  }
}
