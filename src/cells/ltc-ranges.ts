/** Ranges in which the weights of an LTC cell are initialised. */

import { InvalidArgumentError } from "../core/errors.js";

/** Names of the randomly initialised weights. */
export type LTCRangeName =
  | "gleak"
  | "vleak"
  | "cm"
  | "w"
  | "sigma"
  | "mu"
  | "sensoryW"
  | "sensorySigma"
  | "sensoryMu";

/** Lowest and highest initial value of each weight. */
export type LTCRanges = Record<LTCRangeName, readonly [number, number]>;

/** The default ranges, those of the Python package ncps. */
export const ltcRanges: LTCRanges = {
  gleak: [0.001, 1],
  vleak: [-0.2, 0.2],
  cm: [0.4, 0.6],
  w: [0.001, 1],
  sigma: [3, 8],
  mu: [0.3, 0.8],
  sensoryW: [0.001, 1],
  sensorySigma: [3, 8],
  sensoryMu: [0.3, 0.8],
};

const notNegative = new Set(["gleak", "cm", "w", "sensoryW"]);

/**
 * Merges the given ranges with the default ones.
 *
 * @throws InvalidArgumentError for an unknown name, bounds that are not two ordered finite numbers, or negative
 *   bounds of a conductance or capacitance
 */
export function checkRanges(given: Partial<LTCRanges> = {}): LTCRanges {
  for (const [name, range] of Object.entries(given)) {
    const argument = `initializationRanges.${name}`;
    if (!Object.hasOwn(ltcRanges, name)) {
      const names = Object.keys(ltcRanges).join(", ");
      throw new InvalidArgumentError(argument, `there is no such weight; expected one of ${names}`);
    }
    const [low, high] = Array.isArray(range) && range.length === 2 ? range : [Number.NaN, Number.NaN];
    if (!(Number.isFinite(low) && Number.isFinite(high) && low <= high)) {
      throw new InvalidArgumentError(argument, `expected [low, high] with low <= high, received [${range}]`);
    }
    if (notNegative.has(name) && low < 0) {
      throw new InvalidArgumentError(argument, `expected bounds of at least 0, received [${range}]`);
    }
  }
  return { ...ltcRanges, ...given };
}
