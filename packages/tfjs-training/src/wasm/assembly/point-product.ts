/** Matrix products of small factors in the cache, read in place. */

import { madd } from "./simd";

// @ts-ignore: decorator
@inline
const tileRows = 6;

/**
 * `count` rows of `[count, terms]`, `aStep` bytes apart, times panels of eight columns. `count` is rounded up to a
 * multiple of six and `terms` up to one of four; rows and columns up to there are read and written.
 */
export function rowsByPanels(
  a: usize, aStep: i32, count: i32, terms: i32, b: usize, panelStep: i32, columns: i32, out: usize, outStep: i32,
): void {
  for (let row = 0; row < count; row += tileRows) {
    let panel = b, to = out;
    for (let column = 0; column < columns; column += 8) {
      rowTile(a, aStep, panel, terms, to, outStep);
      panel += panelStep;
      to += 32;
    }
    a += tileRows * aStep;
    out += tileRows * outStep;
  }
}

// Terms summed before the output is accessed: their rows of both factors stay in the first-level cache.
// @ts-ignore: decorator
@inline
const block = 64;

/**
 * Adds the transpose of `[count, rows]` times `[count, columns]` to `out`. `rows` is rounded up to a multiple of six
 * and `columns` up to one of eight. All strides are in bytes.
 */
export function addColumnsByRows(
  a: usize, aStep: i32, rows: i32, b: usize, bStep: i32, columns: i32, count: i32, out: usize, outStep: i32,
): void {
  for (let first = 0; first < count; first += block) {
    const some = min(count - first, block);
    let left = a, to = out;
    for (let row = 0; row < rows; row += tileRows) {
      for (let column = 0; column < columns; column += 8) {
        const shift = <usize>column << 2;
        columnTile(left, aStep, b + shift, bStep, some, to + shift, outStep);
      }
      left += tileRows * 4;
      to += tileRows * outStep;
    }
    a += block * aStep;
    b += block * bStep;
  }
}

// One loop and plain stores: with any other code after the loop, V8 stores all sums in every iteration.
function rowTile(a0: usize, aStep: usize, b: usize, terms: i32, out: usize, outStep: usize): void {
  let a1 = a0 + aStep, a2 = a1 + aStep, a3 = a2 + aStep, a4 = a3 + aStep, a5 = a4 + aStep;
  let b0: v128, b1: v128, x: v128;
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero;
  let c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero;
  let c40 = zero, c41 = zero;
  let c50 = zero, c51 = zero;
  for (let k = terms; k > 0; k -= 4) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load32_splat(a0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a5); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    x = v128.load32_splat(a0, 4); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2, 4); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3, 4); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4, 4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a5, 4); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    x = v128.load32_splat(a0, 8); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1, 8); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3, 8); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4, 8); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a5, 8); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    x = v128.load32_splat(a0, 12); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a1, 12); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a2, 12); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a3, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a4, 12); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a5, 12); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16; a5 += 16; b += 128;
  }
  v128.store(out, c00); v128.store(out, c01, 16); out += outStep;
  v128.store(out, c10); v128.store(out, c11, 16); out += outStep;
  v128.store(out, c20); v128.store(out, c21, 16); out += outStep;
  v128.store(out, c30); v128.store(out, c31, 16); out += outStep;
  v128.store(out, c40); v128.store(out, c41, 16); out += outStep;
  v128.store(out, c50); v128.store(out, c51, 16);
}

function columnTile(a: usize, aStep: usize, b: usize, bStep: usize, count: i32, out: usize, outStep: usize): void {
  let b0: v128, b1: v128, x: v128, at = out;
  let c00 = v128.load(at), c01 = v128.load(at, 16); at += outStep;
  let c10 = v128.load(at), c11 = v128.load(at, 16); at += outStep;
  let c20 = v128.load(at), c21 = v128.load(at, 16); at += outStep;
  let c30 = v128.load(at), c31 = v128.load(at, 16); at += outStep;
  let c40 = v128.load(at), c41 = v128.load(at, 16); at += outStep;
  let c50 = v128.load(at), c51 = v128.load(at, 16);
  for (let k = count; k > 0; k--) {
    b0 = v128.load(b); b1 = v128.load(b, 16); b += bStep;
    x = v128.load32_splat(a); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(a, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(a, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(a, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(a, 16); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(a, 20); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    a += aStep;
  }
  v128.store(out, c00); v128.store(out, c01, 16); out += outStep;
  v128.store(out, c10); v128.store(out, c11, 16); out += outStep;
  v128.store(out, c20); v128.store(out, c21, 16); out += outStep;
  v128.store(out, c30); v128.store(out, c31, 16); out += outStep;
  v128.store(out, c40); v128.store(out, c41, 16); out += outStep;
  v128.store(out, c50); v128.store(out, c51, 16);
}
