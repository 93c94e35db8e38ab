/** Explained variance of value predictions. */

/**
 * Explained variance `1 - Var(returns - values) / Var(returns)`: 1 is perfect, 0 is no better than a constant,
 * below 0 is worse. NaN when the returns do not vary.
 *
 * @example
 * ```ts
 * explainedVariance([1, 2, 3], [1, 2, 3]); // 1
 * ```
 */
export function explainedVariance(values: ArrayLike<number>, returns: ArrayLike<number>): number {
  const n = returns.length;
  const variance = (at: (i: number) => number) => {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += at(i) / n;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (at(i) - mean) ** 2 / n;
    return sum;
  };
  const total = variance((i) => returns[i]);
  return total === 0 ? Number.NaN : 1 - variance((i) => returns[i] - values[i]) / total;
}
