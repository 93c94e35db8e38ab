/** Checks of layer options. */

import { checkInteger } from "../core/check-integer.js";
import { InvalidArgumentError } from "../core/errors.js";
import { type InitializerKind, initializerKinds } from "../core/initializers.js";

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
