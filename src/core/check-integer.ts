/** Checks of counts and sizes. */

import { InvalidArgumentError } from "./errors.js";
import { showValue } from "./show-value.js";

/**
 * The value, when it is an integer of at least `minimum`, by default 1.
 *
 * @throws InvalidArgumentError when it is not
 */
export function checkInteger(argument: string, value: number, minimum = 1): number {
  if (Number.isInteger(value) && value >= minimum) return value;
  const expected = minimum === 1 ? "a positive integer" : `an integer of at least ${minimum}`;
  throw new InvalidArgumentError(argument, `expected ${expected}, received ${showValue(value)}`);
}
