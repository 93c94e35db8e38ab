/** Sums over the columns of a matrix: full reductions, losses, means. */

/**
 * `factor` times the sum of every row of `[rows, columns]` at `x`, written to `[rows]` at `out`. Added up in 64 bits: in
 * 32, a sum of more than 2^24 ones would stop there. Addresses in bytes.
 */
export function rowSum(x: usize, out: usize, rows: i32, columns: i32, factor: f64): void {
  let at = x;
  for (let row = 0; row < rows; row++, out += 4) {
    const end = at + (<usize>columns << 2);
    let sum: f64 = 0;
    if (columns >= 16) {
      let a = f64x2.splat(0), b = a, c = a, d = a;
      for (; at + 16 * 4 <= end; at += 16 * 4) {
        a = f64x2.add(a, low(v128.load(at)));
        b = f64x2.add(b, high(v128.load(at)));
        c = f64x2.add(c, low(v128.load(at, 16)));
        d = f64x2.add(d, high(v128.load(at, 16)));
        a = f64x2.add(a, low(v128.load(at, 32)));
        b = f64x2.add(b, high(v128.load(at, 32)));
        c = f64x2.add(c, low(v128.load(at, 48)));
        d = f64x2.add(d, high(v128.load(at, 48)));
      }
      a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
      sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
    }
    for (; at < end; at += 4) sum += <f64>load<f32>(at);
    store<f32>(out, <f32>(sum * factor));
  }
}

// @ts-ignore: decorator
@inline
function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1));
}
