/** Validation of abort signals. */

import { InvalidArgumentError } from "./errors.js";
import { showValue } from "./show-value.js";

/**
 * Checks that a value is an `AbortSignal` or undefined.
 *
 * @throws InvalidArgumentError when it is something else
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || typeof signal?.aborted === "boolean") return;
  const given = showValue(signal);
  throw new InvalidArgumentError("signal", `expected the signal of an AbortController, received ${given}`);
}
