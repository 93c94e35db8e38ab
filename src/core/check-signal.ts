/** Signals that end long work. */

import { InvalidArgumentError } from "./errors.js";
import { showValue } from "./show-value.js";

/**
 * Checks that a signal is one.
 *
 * @throws InvalidArgumentError when it is given and is not
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || typeof signal?.aborted === "boolean") return;
  const given = showValue(signal);
  throw new InvalidArgumentError("signal", `expected the signal of an AbortController, received ${given}`);
}
