/** Checks of wiring options. */

import { checkInteger } from "../core/check-integer.js";
import { InvalidArgumentError } from "../core/errors.js";

/** @throws InvalidArgumentError when the value is not an integer of 1 to `limit`, which `what` explains */
export function checkAtMost(argument: string, value: number, limit: number, what: string): number {
  if (checkInteger(argument, value) <= limit) return value;
  throw new InvalidArgumentError(
    argument,
    `expected at most ${limit}, the number of ${what}, received ${value}`,
  );
}

/** @throws InvalidArgumentError when the value is not an integer of 0 to `largest` */
export function checkSeed(value: number, largest: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return value;
  throw new InvalidArgumentError("seed", `expected an integer from 0 to ${largest}, received ${value}`);
}

/** @throws InvalidArgumentError when there are more motor neurons than neurons */
export function checkOutputDim(outputDim: number, units: number): number {
  return checkAtMost("outputDim", outputDim, units, "units");
}
