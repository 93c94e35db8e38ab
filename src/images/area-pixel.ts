/** Computes one pixel of an area resize, in single precision. */

import type { AreaAxis } from "./area-axis.js";
import { grayAt } from "./gray.js";

/** The image to resize and the axes. */
export interface AreaSource {
  /** Pixels `[rows.inputSize, columns.inputSize]` gray, or with `channels` 3 `[.., 3]` RGB. */
  readonly pixels: Uint8Array;
  /** Number of channels: 1 for gray, 3 for RGB, which is converted to gray first. */
  readonly channels: 1 | 3;
}

/**
 * Output `(row, column)` with OpenCV's rounding: every product and every sum is rounded to float32, first
 * along the columns, then along the rows; finally halves round to even.
 */
export function areaPixel(
  { pixels, channels }: AreaSource,
  rows: AreaAxis,
  columns: AreaAxis,
  row: number,
  column: number,
): number {
  const { fround } = Math;
  let sum = 0;
  for (let i = 0; i < rows.taps[row]; i++) {
    let at = (rows.first[row] + i) * columns.inputSize + columns.first[column];
    let line = 0;
    for (let k = 0; k < columns.taps[column]; k++, at++) {
      const value = channels === 1 ? pixels[at] : grayAt(pixels, 3 * at);
      line = fround(line + fround(value * columns.weights[column * columns.maxTaps + k]));
    }
    sum = fround(sum + fround(line * rows.weights[row * rows.maxTaps + i]));
  }
  return roundHalfToEven(sum);
}

/** Nearest integer of a non-negative number; halves round to even. */
export function roundHalfToEven(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
}
