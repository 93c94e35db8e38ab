/** Checks options. */

import { invalidArgument } from "./errors.js";

/** A condition on an option's value, in words and as a test. */
export type OptionCheck = readonly [expected: string, accepts: (value: unknown) => boolean];

/** Tests of values. */
export const isInteger = (value: unknown, low: number) => Number.isInteger(value) && (value as number) >= low;
/** Tests for a probability. */
export const isUnit = (value: unknown) => typeof value === "number" && value >= 0 && value <= 1;
/** Tests for a boolean. */
export const isBoolean = (value: unknown) => typeof value === "boolean";

const duration: OptionCheck = [
  "milliseconds above 0",
  (value) => typeof value === "number" && value > 0, // not NaN
];

/** Checks of `ProcessOptions`. */
export const processChecks = {
  python: ["a path", (value) => typeof value === "string" && value !== ""],
  startTimeout: duration,
  timeout: duration,
} satisfies Record<string, OptionCheck>;

/**
 * Checks options by name.
 *
 * @throws AleError `INVALID_ARGUMENT` for an unknown option or an invalid value
 */
export function checkOptions(options: object, checks: Readonly<Record<string, OptionCheck>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      throw invalidArgument(name, `expected one of the options ${Object.keys(checks).join(", ")}`);
    }
    const [expected, accepts] = checks[name];
    if (value !== undefined && !accepts(value)) {
      const received = typeof value === "number" ? value : JSON.stringify(value);
      throw invalidArgument(name, `expected ${expected}, received ${received}`);
    }
  }
}
