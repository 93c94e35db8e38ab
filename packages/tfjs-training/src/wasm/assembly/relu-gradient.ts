/** The gradient of relu. */

/** `out = y > 0 ? dy : 0` for `count` floats; `y` may be the input or the output of relu. */
export function reluGradient(dy: usize, y: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let left = count;
  for (; left >= 8; left -= 8) {
    v128.store(out, v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero)));
    v128.store(out, v128.and(v128.load(dy, 16), f32x4.gt(v128.load(y, 16), zero)), 16);
    dy += 32;
    y += 32;
    out += 32;
  }
  for (; left > 0; left--) {
    store<f32>(out, load<f32>(y) > 0 ? load<f32>(dy) : 0);
    dy += 4;
    y += 4;
    out += 4;
  }
}
