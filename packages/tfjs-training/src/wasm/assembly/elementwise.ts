/** Maxima, minima, comparisons and selection. `b` is `[columns]` for every row, or one number. Addresses in bytes. */

/** `max(a, b)` of `a` `[rows, columns]`. */
export function maximum(a: usize, b: usize, out: usize, rows: i32, columns: i32, single: bool): void {
  extreme(a, b, out, rows, columns, single, true);
}

/** `min(a, b)` of `a` `[rows, columns]`. */
export function minimum(a: usize, b: usize, out: usize, rows: i32, columns: i32, single: bool): void {
  extreme(a, b, out, rows, columns, single, false);
}

// @ts-ignore: decorator
@inline
function extreme(a: usize, b: usize, out: usize, rows: i32, columns: i32, single: bool, larger: bool): void {
  const size = <usize>columns << 2;
  const number = v128.load32_splat(b);
  let from = a, to = out;
  for (let row = 0; row < rows; row++, from += size, to += size) {
    let at: usize = 0;
    for (; at + 16 <= size; at += 16) {
      const p = v128.load(from + at), q = single ? number : v128.load(b + at);
      v128.store(to + at, larger ? f32x4.max(p, q) : f32x4.min(p, q));
    }
    for (; at < size; at += 4) {
      const p = load<f32>(from + at), q = load<f32>(single ? b : b + at);
      store<f32>(to + at, larger ? max(p, q) : min(p, q));
    }
  }
}

/** Bytes of 0 and 1: `a > b`, or `a >= b` with `equal`. */
export function greater(a: usize, b: usize, out: usize, rows: i32, columns: i32, single: bool, equal: bool): void {
  compare(a, b, out, rows, columns, single, equal, true);
}

/** Bytes of 0 and 1: `a < b`, or `a <= b` with `equal`. */
export function less(a: usize, b: usize, out: usize, rows: i32, columns: i32, single: bool, equal: bool): void {
  compare(a, b, out, rows, columns, single, equal, false);
}

// @ts-ignore: decorator
@inline
function compare(
  a: usize, b: usize, out: usize, rows: i32, columns: i32, single: bool, equal: bool, larger: bool,
): void {
  const size = <usize>columns << 2;
  const number = v128.load32_splat(b);
  const one = i8x16.splat(1);
  let from = a, to = out;
  for (let row = 0; row < rows; row++, from += size) {
    let at: usize = 0;
    for (; at + 64 <= size; at += 64, to += 16) {
      const p = holds(from + at, single, number, b + at, equal, larger);
      const q = holds(from + at + 16, single, number, b + at + 16, equal, larger);
      const r = holds(from + at + 32, single, number, b + at + 32, equal, larger);
      const s = holds(from + at + 48, single, number, b + at + 48, equal, larger);
      const narrow = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(p, q), i16x8.narrow_i32x4_s(r, s));
      v128.store(to, v128.and(narrow, one));
    }
    for (; at < size; at += 4, to++) {
      const p = load<f32>(from + at), q = load<f32>(single ? b : b + at);
      store<u8>(to, <u8>(larger ? (equal ? p >= q : p > q) : (equal ? p <= q : p < q)));
    }
  }
}

// @ts-ignore: decorator
@inline
function holds(a: usize, single: bool, number: v128, b: usize, equal: bool, larger: bool): v128 {
  const p = v128.load(a), q = single ? number : v128.load(b);
  if (larger) return equal ? f32x4.ge(p, q) : f32x4.gt(p, q);
  return equal ? f32x4.le(p, q) : f32x4.lt(p, q);
}

/** Selects four-byte elements of `a` where `condition` (one byte each) is not 0, of `b` elsewhere. */
export function select(condition: usize, a: usize, b: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition + <usize>i)));
    const mask = i32x4.ne(wide, i32x4.splat(0));
    const at = <usize>i << 2;
    v128.store(out + at, v128.bitselect(v128.load(a + at), v128.load(b + at), mask));
  }
  for (; i < count; i++) {
    const at = <usize>i << 2;
    store<i32>(out + at, load<i32>((load<u8>(condition + <usize>i) ? a : b) + at));
  }
}
