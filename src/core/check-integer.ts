/** Validation of integers. */

import { InvalidArgumentError } from "./errors.js";
import { showValue } from "./show-value.js";

/**
 * Returns the value if it is an integer of at least `minimum`, by default 1.
 *
 * @throws InvalidArgumentError otherwise
 */
export function checkInteger(argument: string, value: number, minimum = 1): number {
  if (Number.isInteger(value) && value >= minimum) return value;
  const expected = minimum === 1 ? "a positive integer" : `an integer of at least ${minimum}`;
  throw new InvalidArgumentError(argument, `expected ${expected}, received ${showValue(value)}`);
}
