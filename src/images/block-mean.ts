/** Area resize by integer factors: means of blocks. */

import { roundHalfToEven } from "./area-pixel.js";

/** Sizes of {@link blockMean}. */
export interface BlockMeanOptions {
  /** Number of output rows. */
  height: number;
  /** Number of output columns. */
  width: number;
  /** Input rows per output row. */
  rowFactor: number;
  /** Input columns per output column. */
  columnFactor: number;
}

/**
 * Mean of every block of 2 x 2 pixels, unrounded: multiples of a quarter, which float32 represents exactly.
 *
 * @param gray `[2 * height, 2 * width]`
 * @param out `[height, width]`, written and returned
 * @param width number of columns of `out`
 */
export function quarterMeans(gray: Uint8Array, out: Float32Array, width: number): Float32Array {
  const stride = 2 * width;
  for (let i = 0, at = 0; i < out.length; at += stride) {
    for (let x = 0; x < width; x++, at += 2) {
      out[i++] = (gray[at] + gray[at + 1] + gray[at + stride] + gray[at + stride + 1]) / 4;
    }
  }
  return out;
}

/**
 * Mean of every block of `rowFactor * columnFactor` pixels. As in OpenCV, means of 2 x 2 blocks round
 * halves up; all others are rounded in float32, halves to even.
 *
 * @param gray `[height * rowFactor, width * columnFactor]`
 * @param out `[height, width]`, written
 */
export function blockMean(gray: Uint8Array, out: Uint8Array, options: BlockMeanOptions): void {
  const { height, width, rowFactor, columnFactor } = options;
  const stride = width * columnFactor;
  if (rowFactor === 2 && columnFactor === 2) {
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0, at = 2 * y * stride; x < width; x++, at += 2) {
        out[i++] = (gray[at] + gray[at + 1] + gray[at + stride] + gray[at + stride + 1] + 2) >> 2;
      }
    }
    return;
  }
  const share = Math.fround(1 / (rowFactor * columnFactor));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let row = 0; row < rowFactor; row++) {
        const from = (y * rowFactor + row) * stride + x * columnFactor;
        for (let at = from; at < from + columnFactor; at++) sum += gray[at];
      }
      out[i++] = roundHalfToEven(Math.fround(Math.fround(sum) * share));
    }
  }
}
