/** Checks of layer options. */

import { InvalidArgumentError } from "../core/errors.js";
import { type InitializerKind, initializerKinds } from "./initializers.js";

/** @throws InvalidArgumentError when the value is not a whole number of at least `minimum` (default 1) */
export function checkInteger(argument: string, value: number, minimum = 1): number {
  if (Number.isInteger(value) && value >= minimum) return value;
  throw new InvalidArgumentError(argument, `expected an integer of at least ${minimum}, received ${value}`);
}

/** @throws InvalidArgumentError when the list is empty or one value is not a positive integer */
export function checkIntegers(argument: string, values: readonly number[]): readonly number[] {
  if (values.length === 0)
    throw new InvalidArgumentError(argument, "expected at least one number, received []");
  for (const value of values) checkInteger(argument, value);
  return [...values];
}

/** @throws InvalidArgumentError when there is no initializer of that name */
export function checkInitializer(argument: string, kind: InitializerKind): InitializerKind {
  if (initializerKinds.includes(kind)) return kind;
  throw new InvalidArgumentError(
    argument,
    `expected one of ${initializerKinds.join(", ")}, received ${kind}`,
  );
}
