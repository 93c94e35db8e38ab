/** Standardisation of advantages. */

import { checkOptions, optionNames } from "../core/check-options.js";

/** Options of {@link standardize}. */
export interface StandardizeOptions {
  /** Divisor `n - ddof` of the variance: 0 (population, RLlib) or 1 (sample, torch). Default 0. */
  ddof?: 0 | 1;
  /** Added to the standard deviation (labml, CleanRL, SB3: 1e-8). Default 0. */
  epsilon?: number;
  /** Minimum standard deviation to divide by (RLlib: 1e-4). Default 0. */
  floor?: number;
}

const names = optionNames<StandardizeOptions>({
  ddof: true,
  epsilon: true,
  floor: true,
});

/**
 * Subtracts the mean and divides by the standard deviation, in place; returns the array.
 * An array of one element, or of equal elements, becomes zeros, never NaN.
 *
 * @example
 * ```ts
 * standardize(Float32Array.of(1, 2, 3, 4), { floor: 1e-4 }); // -1.3416, -0.4472, 0.4472, 1.3416
 * ```
 */
export function standardize(values: Float32Array, options: StandardizeOptions = {}): Float32Array {
  checkOptions("standardize", options, names);
  const { ddof = 0, epsilon = 0, floor = 0 } = options;
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i];
  mean /= n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i] - mean) ** 2;
  const deviation = Math.max(Math.sqrt(squares / Math.max(1, n - ddof)) + epsilon, floor);
  const scale = deviation > 0 ? 1 / deviation : 0;
  for (let i = 0; i < n; i++) values[i] = (values[i] - mean) * scale;
  return values;
}
