/** The text of a progress bar. */

import { formatDuration } from "./time-left.js";

/** State of a training, for {@link progressLine}. */
export interface ProgressState {
  /** Share of the goal, 0..1. */
  progress: number;
  /** Mean return of the last episodes, NaN before the first. */
  meanReturn: number;
  /** Seconds left; undefined until an estimate is possible. */
  secondsLeft: number | undefined;
  /** Steps so far. */
  steps: number;
  /** Name of the steps, default `"steps"` of environments. */
  unit?: string;
  /** Steps per second. */
  fps: number;
  /** Seconds since the start. */
  elapsedSeconds: number;
}

const WIDEST_BAR = 30;
const NARROWEST_BAR = 8;

/**
 * Formats the bar and the metrics in one line, the most important first: what does not fit is left out.
 *
 * @param columns width of the terminal; the last column stays free, as some terminals begin a new line there
 */
export function progressLine(state: ProgressState, columns: number): string {
  const { progress, meanReturn, secondsLeft, steps, unit = "steps", fps, elapsedSeconds } = state;
  const parts = [
    `${Math.floor(100 * progress)}%`.padStart(4),
    `return ${Number.isNaN(meanReturn) ? "nan" : thousands(meanReturn, 1)}`,
    secondsLeft === undefined ? "? left" : `${formatDuration(secondsLeft)} left`,
    `${thousands(steps)} ${unit}`,
    `${thousands(fps)} ${unit}/s`,
    `${formatDuration(elapsedSeconds)} so far`,
  ];
  const room = Math.max(0, columns - 1);
  let text = parts[0];
  for (const part of parts.slice(1)) {
    if (NARROWEST_BAR + 1 + text.length + 3 + part.length > room) break;
    text += ` | ${part}`;
  }
  const width = Math.min(WIDEST_BAR, Math.max(NARROWEST_BAR, room - text.length - 1));
  const full = Math.round(width * progress);
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${text}`.slice(0, room);
}

function thousands(value: number, decimals = 0): string {
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
