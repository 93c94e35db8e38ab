/** How far two results are apart. */

/** Largest absolute difference of two arrays of one length; NaN as soon as one difference is. */
export function largestDifference(actual: Float32Array, expected: Float32Array): number {
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}
