/** Checks wiring options, which may come from files and so have any value. */

import { checkInteger } from "../core/check-integer.js";
import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";

/** Maximum number of neurons of a wiring: its matrix has an entry for every pair. */
const MAX_UNITS = 4096;

/** Maximum number of synapses that a wiring draws one by one. */
const MAX_DRAWS = 2 ** 21;

const MAX_ENTRIES = 2 ** 26;

/** @throws InvalidArgumentError when options are not an object */
export function checkObject<T extends object>(options: T): T {
  if (typeof options === "object" && options !== null) return options;
  throw new InvalidArgumentError("options", `expected an object, received ${showValue(options)}`);
}

/** @throws InvalidArgumentError when the value is not a list */
export function checkList<T>(argument: string, value: readonly T[]): readonly T[] {
  if (Array.isArray(value)) return value;
  throw new InvalidArgumentError(argument, `expected a list, received ${showValue(value)}`);
}

/** @throws InvalidArgumentError when the value is not an integer from 1 to {@link MAX_UNITS} */
export function checkUnits(argument: string, value: number): number {
  if (checkInteger(argument, value) <= MAX_UNITS) return value;
  throw new InvalidArgumentError(argument, `expected at most ${MAX_UNITS} neurons, received ${value}`);
}

/** @throws InvalidArgumentError when there are too many inputs for this number of neurons */
export function checkInputs(inputDim: number, units: number): number {
  const most = Math.floor(MAX_ENTRIES / units);
  if (checkInteger("inputDim", inputDim) <= most) return inputDim;
  throw new InvalidArgumentError(
    "inputDim",
    `expected at most ${most} inputs for ${units} neurons, received ${inputDim}`,
  );
}

/** @throws InvalidArgumentError when more than {@link MAX_DRAWS} synapses would be drawn */
export function checkDraws(argument: string, value: number, synapses: number): void {
  if (synapses <= MAX_DRAWS) return;
  throw new InvalidArgumentError(
    argument,
    `expected at most ${MAX_DRAWS} synapses, received ${value} with ${Math.round(synapses)}`,
  );
}

/** @throws InvalidArgumentError when the value is not an integer from 0 to {@link MAX_DRAWS} */
export function checkRecurrent(value: number): void {
  const argument = "recurrentCommandSynapses";
  checkDraws(argument, value, checkInteger(argument, value, 0));
}

/** @throws InvalidArgumentError when the value is not an integer from 1 to `limit`, which `what` explains */
export function checkAtMost(argument: string, value: number, limit: number, what: string): number {
  if (checkInteger(argument, value) <= limit) return value;
  throw new InvalidArgumentError(
    argument,
    `expected at most ${limit}, the number of ${what}, received ${value}`,
  );
}

/** @throws InvalidArgumentError when the value is not an integer from 0 to `largest` */
export function checkSeed(value: number, largest: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return value;
  throw new InvalidArgumentError(
    "seed",
    `expected an integer from 0 to ${largest}, received ${showValue(value)}`,
  );
}

/** @throws InvalidArgumentError when there are more motor neurons than neurons */
export function checkOutputDim(outputDim: number, units: number): number {
  return checkAtMost("outputDim", outputDim, units, "units");
}
