/** Micro-kernels of the matrix product: six rows by eight columns, summed up in registers. */

import { madd } from "./simd";

/** Rows of a tile. */
export const tileRows = 6;
/** Columns of a tile: two vectors. With six rows, the sums fill twelve of sixteen registers. */
export const tileColumns = 8;

/** Adds to what stands in the output already. */
export const ACCUMULATE = 1;
/** Replaces negative results by zero. */
export const RELU = 2;
/** Replaces results above six by six. */
export const CAP6 = 4;

// Ends one row of a tile: earlier sums, bias and activation.
// @ts-ignore: decorator
@inline
function finish(at: usize, x: v128, y: v128, bias: usize, flags: i32): void {
  if (flags & ACCUMULATE) {
    x = f32x4.add(x, v128.load(at));
    y = f32x4.add(y, v128.load(at, 16));
  }
  if (bias) {
    x = f32x4.add(x, v128.load(bias));
    y = f32x4.add(y, v128.load(bias, 16));
  }
  if (flags & RELU) {
    const zero = f32x4.splat(0);
    x = f32x4.max(x, zero);
    y = f32x4.max(y, zero);
  }
  if (flags & CAP6) {
    const six = f32x4.splat(6);
    x = f32x4.min(x, six);
    y = f32x4.min(y, six);
  }
  v128.store(at, x);
  v128.store(at, y, 16);
}

/**
 * A tile whose left factor is read row by row. `rows` and `out` point to six addresses each, to which
 * `skip` and `shift` bytes are added. A row consists of `segments` runs of `length` floats, at the byte
 * offsets that `offsets` lists. Rows of the right factor lie `step` bytes apart.
 */
export function rowTile(
  rows: usize, skip: usize, offsets: usize, segments: i32, length: i32,
  b: usize, step: usize, out: usize, shift: usize, bias: usize, flags: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  let b0: v128, b1: v128, a: v128;
  for (let segment = 0; segment < segments; segment++) {
    const offset = skip + load<usize>(offsets + (<usize>segment << 2));
    let r0 = load<usize>(rows) + offset, r1 = load<usize>(rows, 4) + offset, r2 = load<usize>(rows, 8) + offset;
    let r3 = load<usize>(rows, 12) + offset, r4 = load<usize>(rows, 16) + offset, r5 = load<usize>(rows, 20) + offset;
    let k = length;
    for (; k >= 4; k -= 4) {
      b0 = v128.load(b); b1 = v128.load(b, 16); b += step;
      a = v128.load32_splat(r0); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load32_splat(r1); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load32_splat(r2); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load32_splat(r3); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      a = v128.load32_splat(r4); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
      a = v128.load32_splat(r5); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
      b0 = v128.load(b); b1 = v128.load(b, 16); b += step;
      a = v128.load32_splat(r0, 4); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load32_splat(r1, 4); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load32_splat(r2, 4); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load32_splat(r3, 4); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      a = v128.load32_splat(r4, 4); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
      a = v128.load32_splat(r5, 4); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
      b0 = v128.load(b); b1 = v128.load(b, 16); b += step;
      a = v128.load32_splat(r0, 8); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load32_splat(r1, 8); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load32_splat(r2, 8); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load32_splat(r3, 8); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      a = v128.load32_splat(r4, 8); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
      a = v128.load32_splat(r5, 8); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
      b0 = v128.load(b); b1 = v128.load(b, 16); b += step;
      a = v128.load32_splat(r0, 12); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load32_splat(r1, 12); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load32_splat(r2, 12); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load32_splat(r3, 12); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      a = v128.load32_splat(r4, 12); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
      a = v128.load32_splat(r5, 12); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
      r0 += 16; r1 += 16; r2 += 16; r3 += 16; r4 += 16; r5 += 16;
    }
    for (; k > 0; k--) {
      b0 = v128.load(b); b1 = v128.load(b, 16); b += step;
      a = v128.load32_splat(r0); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
      a = v128.load32_splat(r1); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
      a = v128.load32_splat(r2); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
      a = v128.load32_splat(r3); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
      a = v128.load32_splat(r4); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
      a = v128.load32_splat(r5); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
      r0 += 4; r1 += 4; r2 += 4; r3 += 4; r4 += 4; r5 += 4;
    }
  }
  finish(load<usize>(out) + shift, c00, c01, bias, flags);
  finish(load<usize>(out, 4) + shift, c10, c11, bias, flags);
  finish(load<usize>(out, 8) + shift, c20, c21, bias, flags);
  finish(load<usize>(out, 12) + shift, c30, c31, bias, flags);
  finish(load<usize>(out, 16) + shift, c40, c41, bias, flags);
  finish(load<usize>(out, 20) + shift, c50, c51, bias, flags);
}

/**
 * A tile whose left factor is transposed: six neighbours of every one of `count` rows, whose addresses
 * `rows` lists and to which `skip` bytes are added. The right factor is packed. `out` points to six
 * addresses, to which `shift` bytes are added.
 */
export function columnTile(
  rows: usize, skip: usize, count: i32, b: usize, out: usize, shift: usize, flags: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  let b0: v128, b1: v128, a: v128, r: usize;
  let k = count;
  for (; k >= 2; k -= 2) {
    r = load<usize>(rows) + skip;
    b0 = v128.load(b); b1 = v128.load(b, 16);
    a = v128.load32_splat(r); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load32_splat(r, 4); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load32_splat(r, 8); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load32_splat(r, 12); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    a = v128.load32_splat(r, 16); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
    a = v128.load32_splat(r, 20); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
    r = load<usize>(rows, 4) + skip;
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    a = v128.load32_splat(r); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load32_splat(r, 4); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load32_splat(r, 8); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load32_splat(r, 12); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    a = v128.load32_splat(r, 16); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
    a = v128.load32_splat(r, 20); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
    rows += 8; b += 64;
  }
  if (k > 0) {
    r = load<usize>(rows) + skip;
    b0 = v128.load(b); b1 = v128.load(b, 16);
    a = v128.load32_splat(r); c00 = madd(a, b0, c00); c01 = madd(a, b1, c01);
    a = v128.load32_splat(r, 4); c10 = madd(a, b0, c10); c11 = madd(a, b1, c11);
    a = v128.load32_splat(r, 8); c20 = madd(a, b0, c20); c21 = madd(a, b1, c21);
    a = v128.load32_splat(r, 12); c30 = madd(a, b0, c30); c31 = madd(a, b1, c31);
    a = v128.load32_splat(r, 16); c40 = madd(a, b0, c40); c41 = madd(a, b1, c41);
    a = v128.load32_splat(r, 20); c50 = madd(a, b0, c50); c51 = madd(a, b1, c51);
  }
  finish(load<usize>(out) + shift, c00, c01, 0, flags);
  finish(load<usize>(out, 4) + shift, c10, c11, 0, flags);
  finish(load<usize>(out, 8) + shift, c20, c21, 0, flags);
  finish(load<usize>(out, 12) + shift, c30, c31, 0, flags);
  finish(load<usize>(out, 16) + shift, c40, c41, 0, flags);
  finish(load<usize>(out, 20) + shift, c50, c51, 0, flags);
}
