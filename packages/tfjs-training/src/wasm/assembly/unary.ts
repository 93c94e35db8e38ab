/** Elementary functions of tensors over the whole range of floats; addresses in bytes. */

import { exp } from "./math";
import { madd } from "./simd";

/** `out = exp(x)`, infinite above 88.7 and 0 below -103, computed as a square so that neither end is cut off. */
export function expWideOf(x: usize, out: usize, length: i32): void {
  const half = f32x4.splat(0.5);
  let at: usize = 0;
  for (const end = <usize>(length & ~3) << 2; at < end; at += 16) {
    const root = exp(f32x4.mul(v128.load(x + at), half));
    v128.store(out + at, f32x4.mul(root, root));
  }
  for (const end = <usize>length << 2; at < end; at += 4) {
    const root = exp(f32x4.mul(v128.load32_splat(x + at), half));
    v128.store_lane<f32>(out + at, f32x4.mul(root, root), 0);
  }
}

/** `out = min(max(x, low), high)`; NaN is kept. */
export function clampOf(x: usize, out: usize, length: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  let at: usize = 0;
  for (const end = <usize>(length & ~3) << 2; at < end; at += 16) {
    v128.store(out + at, f32x4.min(f32x4.max(v128.load(x + at), lows), highs));
  }
  for (const end = <usize>length << 2; at < end; at += 4) {
    store<f32>(out + at, min(max(load<f32>(x + at), low), high));
  }
}

/** `out = log(1 + exp(x))`. */
export function softplusOf(x: usize, out: usize, length: i32): void {
  let at: usize = 0;
  for (const end = <usize>(length & ~3) << 2; at < end; at += 16) {
    v128.store(out + at, softplus(v128.load(x + at)));
  }
  for (const end = <usize>length << 2; at < end; at += 4) {
    v128.store_lane<f32>(out + at, softplus(v128.load32_splat(x + at)), 0);
  }
}

// max(x, 0) + log(1 + t) with t = exp(-|x|), and log(1 + t) = 2 artanh(t / (2 + t)) as a series.
// @ts-ignore: decorator
@inline
function softplus(x: v128): v128 {
  const t = exp(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  const square = f32x4.mul(s, s);
  let sum = madd(square, f32x4.splat(2.0 / 13), f32x4.splat(2.0 / 11));
  sum = madd(sum, square, f32x4.splat(2.0 / 9));
  sum = madd(sum, square, f32x4.splat(2.0 / 7));
  sum = madd(sum, square, f32x4.splat(2.0 / 5));
  sum = madd(sum, square, f32x4.splat(2.0 / 3));
  sum = madd(sum, square, f32x4.splat(2));
  return madd(sum, s, f32x4.max(x, f32x4.splat(0)));
}

/** `out = x` where it is positive, `slope x` elsewhere. */
export function leakyReluOf(x: usize, out: usize, length: i32, slope: f32): void {
  const factor = f32x4.splat(slope), zero = f32x4.splat(0);
  let at: usize = 0;
  for (const end = <usize>(length & ~3) << 2; at < end; at += 16) {
    const value = v128.load(x + at);
    v128.store(out + at, v128.bitselect(f32x4.mul(value, factor), value, f32x4.lt(value, zero)));
  }
  for (const end = <usize>length << 2; at < end; at += 4) {
    const value = load<f32>(x + at);
    store<f32>(out + at, value < 0 ? value * slope : value);
  }
}
