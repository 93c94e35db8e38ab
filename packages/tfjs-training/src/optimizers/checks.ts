/** Checks the optimizers' options. */

import { InvalidArgumentError } from "../core/errors.js";

/** Returns a number in `[0, 1)`, throws an `InvalidArgumentError` for others. */
export function checkFraction(argument: string, value: number): number {
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError(argument, `expected a number in [0, 1), received ${value}`);
}

/** Returns a finite number of 0 or more, throws an `InvalidArgumentError` for others. */
export function checkNotNegative(argument: string, value: number): number {
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new InvalidArgumentError(argument, `expected a finite number of 0 or more, received ${value}`);
}
