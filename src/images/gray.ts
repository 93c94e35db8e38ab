/** Converts colours to gray. */

import { InvalidArgumentError, ShapeError } from "../core/errors.js";

/** Weights of red, green and blue (ITU-R BT.601: 0.299, 0.587, 0.114) times 2^15; they sum to 2^15. */
export const GRAY_WEIGHTS = { red: 9798, green: 19235, blue: 3735, shift: 15 } as const;

const { red: R, green: G, blue: B, shift: SHIFT } = GRAY_WEIGHTS;
const HALF = 1 << (SHIFT - 1);

/**
 * Luma of an RGB picture, equal byte for byte to OpenCV's `cvtColor(rgb, COLOR_RGB2GRAY)`:
 * `(9798 r + 19235 g + 3735 b + 2^14) >> 15`.
 *
 * @param rgb `[pixels, 3]` bytes, red, green, blue
 * @param out `[pixels]`, written and returned; default: a new array
 * @throws ShapeError when the length is not a multiple of 3 or `out` has a different number of pixels
 *
 * @example
 * ```ts
 * rgbToGray(Uint8Array.of(255, 0, 0, 0, 255, 0)); // Uint8Array [76, 150]
 * ```
 */
export function rgbToGray(rgb: Uint8Array, out: Uint8Array = new Uint8Array(rgb.length / 3)): Uint8Array {
  if (rgb.length % 3 !== 0) throw new ShapeError("rgb", "[pixels * 3]", [rgb.length]);
  if (out.length * 3 !== rgb.length) throw new ShapeError("out", `[${rgb.length / 3}]`, [out.length]);
  if (
    out.buffer === rgb.buffer &&
    out.byteOffset > rgb.byteOffset &&
    out.byteOffset < rgb.byteOffset + rgb.length
  ) {
    throw new InvalidArgumentError(
      "out",
      "overlaps rgb and would overwrite pixels not yet read; pass another array",
    );
  }
  for (let i = 0, j = 0; i < out.length; i++, j += 3) {
    out[i] = (Math.imul(rgb[j], R) + Math.imul(rgb[j + 1], G) + Math.imul(rgb[j + 2], B) + HALF) >> SHIFT;
  }
  return out;
}

/** Luma of the pixel whose red byte is at `at`. */
export function grayAt(rgb: Uint8Array, at: number): number {
  return (rgb[at] * R + rgb[at + 1] * G + rgb[at + 2] * B + HALF) >> SHIFT;
}

/** Adds `weight` times the luma of a row of pixels, the first red byte at `from`, to `sums` (modulo 2^32). */
export function addGrayRow(rgb: Uint8Array, from: number, weight: number, sums: Int32Array): void {
  for (let x = 0, j = from; x < sums.length; x++, j += 3) {
    const gray = (Math.imul(rgb[j], R) + Math.imul(rgb[j + 1], G) + Math.imul(rgb[j + 2], B) + HALF) >> SHIFT;
    sums[x] += Math.imul(gray, weight);
  }
}
