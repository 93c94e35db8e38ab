/** Largest difference between two results. */

/** Largest absolute difference of two arrays of equal length; NaN as soon as one difference is NaN. */
export function largestDifference(actual: Float32Array, expected: Float32Array): number {
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}
