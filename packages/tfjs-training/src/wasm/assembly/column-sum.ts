/** Sums over the rows of a matrix: the gradient of every bias. */

// Rows that are summed before the result is added to the sum of the previous blocks: they stay in the
// cache, and rounding errors grow with the length of a block and the number of blocks, not with all rows.
// @ts-ignore: decorator
@inline
const block = 128;

/** Sum over the rows of `[rows, columns]` at `x`, written to `[columns]` at `out`. Addresses in bytes. */
export function columnSum(x: usize, out: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  for (let first = 0; first < rows; first += block) {
    sumBlock(x, out, min(block, rows - first), columns, stride, first > 0);
    x += stride * block;
  }
}

function sumBlock(x: usize, out: usize, rows: i32, columns: i32, stride: usize, more: bool): void {
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
    if (more) {
      a = f32x4.add(a, v128.load(to));
      b = f32x4.add(b, v128.load(to, 16));
      c = f32x4.add(c, v128.load(to, 32));
      d = f32x4.add(d, v128.load(to, 48));
    }
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; column + 4 <= columns; column += 4) {
    let at = x + (<usize>column << 2);
    let sum = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, v128.load(at));
      at += stride;
    }
    const to = out + (<usize>column << 2);
    v128.store(to, more ? f32x4.add(sum, v128.load(to)) : sum);
  }
  for (; column < columns; column++) {
    let at = x + (<usize>column << 2);
    let sum: f32 = 0;
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(at);
      at += stride;
    }
    const to = out + (<usize>column << 2);
    store<f32>(to, more ? sum + load<f32>(to) : sum);
  }
}
