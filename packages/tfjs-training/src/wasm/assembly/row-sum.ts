/** Sums over the columns of a matrix: full reductions, losses, means. */

// From this length on rounding errors matter; for shorter rows, conversions would take longer than the sum.
// @ts-expect-error: decorator
@inline
const long = 16;

/**
 * `factor` times the sum of every row of `[rows, columns]` at `x`, written to `[rows]` at `out`. Long rows are
 * accumulated in 64 bits: in 32, a sum of more than 2^24 ones would stop there. Addresses in bytes.
 */
export function rowSum(x: usize, out: usize, rows: i32, columns: i32, factor: f64): void {
  const row = <usize>columns << 2;
  for (const end = out + (<usize>rows << 2); out < end; x += row, out += 4) {
    store<f32>(out, <f32>((columns < long ? <f64>shortSum(x, row) : longSum(x, row)) * factor));
  }
}

// @ts-expect-error: decorator
@inline
function shortSum(x: usize, bytes: usize): f32 {
  let sum: f32 = 0;
  for (const end = x + bytes; x < end; x += 4) sum += load<f32>(x);
  return sum;
}

function longSum(x: usize, bytes: usize): f64 {
  const end = x + bytes;
  let a = f64x2.splat(0), b = a, c = a, d = a;
  for (; x + 64 <= end; x += 64) {
    a = f64x2.add(a, low(v128.load(x)));
    b = f64x2.add(b, high(v128.load(x)));
    c = f64x2.add(c, low(v128.load(x, 16)));
    d = f64x2.add(d, high(v128.load(x, 16)));
    a = f64x2.add(a, low(v128.load(x, 32)));
    b = f64x2.add(b, high(v128.load(x, 32)));
    c = f64x2.add(c, low(v128.load(x, 48)));
    d = f64x2.add(d, high(v128.load(x, 48)));
  }
  a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; x < end; x += 4) sum += <f64>load<f32>(x);
  return sum;
}

// @ts-expect-error: decorator
@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-expect-error: decorator
@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}
