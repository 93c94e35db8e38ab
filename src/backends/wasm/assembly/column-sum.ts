/** Sums over the rows of a matrix: the gradient of every bias. */

/** Sum over the rows of `[rows, columns]` at `x`, written to `[columns]` at `out`. Addresses in bytes. */
export function columnSum(x: usize, out: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  let column = 0;
  // Sixteen columns at a time: one line of the cache, and four independent sums.
  for (; column + 16 <= columns; column += 16) {
    let at = x + (<usize>column << 2);
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (let row = 0; row < rows; row++) {
      a = f32x4.add(a, v128.load(at));
      b = f32x4.add(b, v128.load(at, 16));
      c = f32x4.add(c, v128.load(at, 32));
      d = f32x4.add(d, v128.load(at, 48));
      at += stride;
    }
    const to = out + (<usize>column << 2);
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; column < columns; column++) {
    let at = x + (<usize>column << 2);
    let sum: f32 = 0;
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(at);
      at += stride;
    }
    store<f32>(out + (<usize>column << 2), sum);
  }
}
