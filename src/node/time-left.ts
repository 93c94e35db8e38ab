/** Estimates of the remaining training time, and durations as text. */

/**
 * Estimated seconds left if training continues at the same speed; undefined until an estimate is possible.
 *
 * @param progress share of the goal, 0..1 · @param elapsedSeconds time taken so far
 */
export function secondsLeft(progress: number, elapsedSeconds: number): number | undefined {
  return progress > 0 ? (elapsedSeconds * (1 - progress)) / progress : undefined;
}

/** A duration in at most six characters or so: `45s`, `12m05s`, `3h12m`, `2d03h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units: [string, number][] = [
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ];
  const first = units.findIndex(([, length]) => whole >= length);
  if (first < 0 || first === units.length - 1) return `${whole}s`;
  const [[name, length], [smaller, shorter]] = units.slice(first);
  const rest = Math.floor((whole % length) / shorter);
  return `${Math.floor(whole / length)}${name}${String(rest).padStart(2, "0")}${smaller}`;
}
