/** The brighter of two pictures, element by element. */

import type { TypedArray } from "../core/state.js";

/**
 * Writes the larger of `a[i]` and `b[i]` to `out[i]` and returns `out`. All have one type and length; `out`
 * may be one of the others.
 */
export function elementwiseMax(a: TypedArray, b: TypedArray, out: TypedArray): TypedArray {
  let from = 0;
  if (a instanceof Uint8Array && b instanceof Uint8Array && out instanceof Uint8Array) {
    from = maxOfWords(a, b, out);
  }
  for (let i = from; i < out.length; i++) out[i] = Math.max(a[i], b[i]);
  return out;
}

// Four bytes at a time; consecutive frames differ in few places. Returns how many bytes it did.
function maxOfWords(a: Uint8Array, b: Uint8Array, out: Uint8Array): number {
  if ((a.byteOffset | b.byteOffset | out.byteOffset) % 4 !== 0) return 0;
  const words = out.length >> 2;
  const wordsA = new Int32Array(a.buffer, a.byteOffset, words);
  const wordsB = new Int32Array(b.buffer, b.byteOffset, words);
  const wordsOut = new Int32Array(out.buffer, out.byteOffset, words);
  for (let i = 0; i < words; i++) {
    const x = wordsA[i];
    const y = wordsB[i];
    if (x === y) {
      wordsOut[i] = x;
      continue;
    }
    wordsOut[i] =
      larger(x & 0xff, y & 0xff) |
      larger(x & 0xff00, y & 0xff00) |
      larger(x & 0xff0000, y & 0xff0000) |
      (larger(x >>> 24, y >>> 24) << 24);
  }
  return 4 * words;
}

function larger(x: number, y: number): number {
  return Math.max(x, y);
}
