/** Micro-kernel of the matrix product: six rows by eight columns, accumulated in registers. */

import { madd } from "./simd";

/** Rows of a tile. */
export const tileRows = 6;
/** Columns of a tile: two vectors. With six rows, the sums fill twelve of sixteen registers. */
export const tileColumns = 8;

/** Flag: adds to the existing output. */
export const ACCUMULATE = 1;
/** Flag: replaces negative results by zero. */
export const RELU = 2;
/** Flag: replaces results above six by six. */
export const CAP6 = 4;

/**
 * Adds `count` terms, a multiple of four, to a tile. The left factor is packed: `[count, 6]` at `a`; rows of
 * the right one are `step` bytes apart. `from` and `out` point to the addresses of the rows of initial values
 * and results, less `fromShift` and `shift` bytes.
 *
 * One short loop and plain stores: with more terms per iteration, or any other code after the loop, V8 stores sums in
 * every iteration.
 */
export function tile(
  a: usize, count: i32, b: usize, step: usize, from: usize, fromShift: usize, out: usize, shift: usize,
): void {
  let at: usize, b0: v128, b1: v128, x: v128;
  at = load<usize>(from) + fromShift; let c00 = v128.load(at), c01 = v128.load(at, 16);
  at = load<usize>(from, 4) + fromShift; let c10 = v128.load(at), c11 = v128.load(at, 16);
  at = load<usize>(from, 8) + fromShift; let c20 = v128.load(at), c21 = v128.load(at, 16);
  at = load<usize>(from, 12) + fromShift; let c30 = v128.load(at), c31 = v128.load(at, 16);
  at = load<usize>(from, 16) + fromShift; let c40 = v128.load(at), c41 = v128.load(at, 16);
  at = load<usize>(from, 20) + fromShift; let c50 = v128.load(at), c51 = v128.load(at, 16);
  for (let k = count; k > 0; k--) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load32_splat(a); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    a += 24; b += step;
  }
  at = load<usize>(out) + shift; v128.store(at, c00); v128.store(at, c01, 16);
  at = load<usize>(out, 4) + shift; v128.store(at, c10); v128.store(at, c11, 16);
  at = load<usize>(out, 8) + shift; v128.store(at, c20); v128.store(at, c21, 16);
  at = load<usize>(out, 12) + shift; v128.store(at, c30); v128.store(at, c31, 16);
  at = load<usize>(out, 16) + shift; v128.store(at, c40); v128.store(at, c41, 16);
  at = load<usize>(out, 20) + shift; v128.store(at, c50); v128.store(at, c51, 16);
}

/** Applies the activation of `flags` to a tile. */
export function activateTile(out: usize, shift: usize, flags: i32): void {
  const low = f32x4.splat(flags & RELU ? 0 : -Infinity);
  const high = f32x4.splat(flags & CAP6 ? 6 : Infinity);
  for (let row = 0; row < tileRows; row++) {
    const at = load<usize>(out + (<usize>row << 2)) + shift;
    v128.store(at, f32x4.min(f32x4.max(v128.load(at), low), high));
    v128.store(at, f32x4.min(f32x4.max(v128.load(at, 16), low), high), 16);
  }
}
