/** Products of a few rows with a packed matrix, small enough to be called within a loop over time. */

import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

// Bytes of one term of a panel: eight columns.
// @ts-ignore: decorator
@inline
const panelRow: usize = 32;

// Adds six rows of `A` times a panel to six rows of `C`. One short loop followed only by stores: unrolled, or
// with a second loop, V8 keeps the sums in memory.
function sixRows(a: usize, aStep: usize, panel: usize, terms: i32, c: usize, cStep: usize): void {
  let b = panel;
  let r0 = a, r1 = r0 + aStep, r2 = r1 + aStep, r3 = r2 + aStep, r4 = r3 + aStep, r5 = r4 + aStep;
  const to0 = c, to1 = to0 + cStep, to2 = to1 + cStep, to3 = to2 + cStep, to4 = to3 + cStep, to5 = to4 + cStep;
  let c00 = v128.load(to0), c01 = v128.load(to0, 16);
  let c10 = v128.load(to1), c11 = v128.load(to1, 16);
  let c20 = v128.load(to2), c21 = v128.load(to2, 16);
  let c30 = v128.load(to3), c31 = v128.load(to3, 16);
  let c40 = v128.load(to4), c41 = v128.load(to4, 16);
  let c50 = v128.load(to5), c51 = v128.load(to5, 16);
  let b0: v128, b1: v128, x: v128;
  for (let k = terms; k > 0; k--) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load32_splat(r0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(r1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(r2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(r3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    x = v128.load32_splat(r4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
    x = v128.load32_splat(r5); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
    r0 += 4; r1 += 4; r2 += 4; r3 += 4; r4 += 4; r5 += 4;
    b += panelRow;
  }
  v128.store(to0, c00); v128.store(to0, c01, 16);
  v128.store(to1, c10); v128.store(to1, c11, 16);
  v128.store(to2, c20); v128.store(to2, c21, 16);
  v128.store(to3, c30); v128.store(to3, c31, 16);
  v128.store(to4, c40); v128.store(to4, c41, 16);
  v128.store(to5, c50); v128.store(to5, c51, 16);
}

// Adds four rows of `A` times a panel to four rows of `C`.
function fourRows(a: usize, aStep: usize, panel: usize, terms: i32, c: usize, cStep: usize): void {
  let b = panel;
  let r0 = a, r1 = r0 + aStep, r2 = r1 + aStep, r3 = r2 + aStep;
  const to0 = c, to1 = to0 + cStep, to2 = to1 + cStep, to3 = to2 + cStep;
  let c00 = v128.load(to0), c01 = v128.load(to0, 16);
  let c10 = v128.load(to1), c11 = v128.load(to1, 16);
  let c20 = v128.load(to2), c21 = v128.load(to2, 16);
  let c30 = v128.load(to3), c31 = v128.load(to3, 16);
  let b0: v128, b1: v128, x: v128;
  for (let k = terms; k > 0; k--) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load32_splat(r0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
    x = v128.load32_splat(r1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
    x = v128.load32_splat(r2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
    x = v128.load32_splat(r3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
    r0 += 4; r1 += 4; r2 += 4; r3 += 4;
    b += panelRow;
  }
  v128.store(to0, c00); v128.store(to0, c01, 16);
  v128.store(to1, c10); v128.store(to1, c11, 16);
  v128.store(to2, c20); v128.store(to2, c21, 16);
  v128.store(to3, c30); v128.store(to3, c31, 16);
}

// Adds `a B` to `c`, of a single row; the sums run in the same order as in those of more rows.
function oneRow(a: usize, b: usize, terms: i32, c: usize, columns: i32): void {
  const panel = <usize>terms * panelRow;
  let column = 0;
  // Four panels at a time: eight independent sums.
  for (; column + 32 <= columns; column += 32) {
    let p0 = b, p1 = p0 + panel, p2 = p1 + panel, p3 = p2 + panel;
    let c0 = v128.load(c), c1 = v128.load(c, 16), c2 = v128.load(c, 32), c3 = v128.load(c, 48);
    let c4 = v128.load(c, 64), c5 = v128.load(c, 80), c6 = v128.load(c, 96), c7 = v128.load(c, 112);
    let at = a;
    for (let k = 0; k < terms; k++) {
      const x = v128.load32_splat(at);
      c0 = madd(x, v128.load(p0), c0); c1 = madd(x, v128.load(p0, 16), c1);
      c2 = madd(x, v128.load(p1), c2); c3 = madd(x, v128.load(p1, 16), c3);
      c4 = madd(x, v128.load(p2), c4); c5 = madd(x, v128.load(p2, 16), c5);
      c6 = madd(x, v128.load(p3), c6); c7 = madd(x, v128.load(p3, 16), c7);
      at += 4;
      p0 += panelRow; p1 += panelRow; p2 += panelRow; p3 += panelRow;
    }
    v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
    v128.store(c, c4, 64); v128.store(c, c5, 80); v128.store(c, c6, 96); v128.store(c, c7, 112);
    b += 4 * panel;
    c += 128;
  }
  for (; column < columns; column += 8) {
    let c0 = v128.load(c), c1 = v128.load(c, 16);
    let at = a;
    for (let k = 0; k < terms; k++) {
      const x = v128.load32_splat(at);
      c0 = madd(x, v128.load(b), c0); c1 = madd(x, v128.load(b, 16), c1);
      at += 4;
      b += panelRow;
    }
    v128.store(c, c0); v128.store(c, c1, 16);
    c += 32;
  }
}

/**
 * Adds `A B` to `C`, of one row or a multiple of four. Rows of `A` are `aStep` bytes apart, rows of `C` `cStep` bytes;
 * `B` is packed in panels of eight columns `[terms, 8]`, `columns` a multiple of eight. A panel stays in the
 * first-level cache while it is multiplied with all rows.
 */
export function addProduct(
  rows: i32, a: usize, aStep: usize, b: usize, terms: i32, c: usize, cStep: usize, columns: i32,
): void {
  if (rows == 1) {
    oneRow(a, b, terms, c, columns);
    return;
  }
  for (let column = 0; column < columns; column += 8) {
    let from = a, to = c + (<usize>column << 2);
    for (let left = rows; left > 0;) {
      // Six rows are faster than four; a multiple of four is a sum of both.
      const some = left >= 6 && left != 8 ? 6 : 4;
      if (some == 6) sixRows(from, aStep, b, terms, to, cStep);
      else fourRows(from, aStep, b, terms, to, cStep);
      from += some * aStep;
      to += some * cStep;
      left -= some;
    }
    b += <usize>terms * panelRow;
  }
}

/** Number of the `left` sequences that run together: up to 32, in fours, or one. */
// @ts-ignore: decorator
@inline
export function blockRows(left: i32): i32 {
  return left >= 4 ? min(left, 32) & ~3 : 1;
}

/** Copies `count` floats. */
export function copyFloats(from: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; i < count; i++) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += 4;
  }
}

/** Fills `count` floats, a multiple of four, with zeros. */
export function clearFloats(at: usize, count: i32): void {
  const end = at + (<usize>count << 2);
  for (; at < end; at += 16) v128.store(at, f32x4.splat(0));
}
