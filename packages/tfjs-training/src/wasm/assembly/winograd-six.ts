/**
 * The linear maps of Winograd's convolutions with six points along one axis (Toom-Cook at 0, 1, -1, 2, -1/2 and
 * infinity), `F(4, 3)` and `F(5, 2)`. These points keep the numbers of the maps near one, and so rounding errors small.
 */

import { madd } from "./simd";

/** Maps as in winograd-axis.ts, numbered after those of winograd.ts. */
const enum Map {
  input6 = 24, inputGradient62, inputGradient63, filter26, filter36, filterGradient62, filterGradient63,
  output61, output62, output63, output64, output64Wide, output65,
  outputGradient16, outputGradient26, outputGradient36, outputGradient46, outputGradient46Wide, outputGradient56,
}

// @ts-ignore: decorator
@inline
function at(x: usize, xs: usize, i: usize, single: bool): v128 {
  return single ? v128.load32_zero(x + i * xs) : v128.load(x + i * xs);
}

// @ts-ignore: decorator
@inline
function put(y: usize, ys: usize, i: usize, value: v128, single: bool): void {
  if (single) v128.store32_lane(y + i * ys, value, 0);
  else v128.store(y + i * ys, value);
}

/** Transforms six elements to points. */
// @ts-ignore: decorator
@inline
function input6(x: usize, xs: usize, y: usize, ys: usize, single: bool): void {
  const x1 = at(x, xs, 1, single), x2 = at(x, xs, 2, single), x3 = at(x, xs, 3, single), x4 = at(x, xs, 4, single);
  const p = f32x4.sub(x4, x2), q = f32x4.sub(x3, x1), middle = f32x4.splat(1.5), minus = f32x4.splat(-1.5);
  put(y, ys, 0, madd(q, minus, f32x4.add(f32x4.sub(at(x, xs, 0, single), x2), p)), single);
  put(y, ys, 1, madd(f32x4.add(x2, x3), minus, f32x4.add(p, q)), single);
  put(y, ys, 2, madd(f32x4.sub(x2, x3), middle, f32x4.sub(p, q)), single);
  put(y, ys, 3, madd(q, f32x4.splat(0.5), p), single);
  put(y, ys, 4, madd(q, f32x4.splat(-2), p), single);
  put(y, ys, 5, madd(p, minus, f32x4.sub(f32x4.sub(at(x, xs, 5, single), x3), q)), single);
}

/** The adjoint of {@link input6}, added to the first `taps - 1` elements. */
// @ts-ignore: decorator
@inline
function inputGradient6(taps: i32, x: usize, xs: usize, y: usize, ys: usize, single: bool): void {
  const v0 = at(x, xs, 0, single), v1 = at(x, xs, 1, single), v2 = at(x, xs, 2, single);
  const v3 = at(x, xs, 3, single), v4 = at(x, xs, 4, single), v5 = at(x, xs, 5, single);
  const minus = f32x4.splat(-1.5), sum = f32x4.add(v1, v2), difference = f32x4.sub(v1, v2);
  const p = madd(v5, minus, f32x4.add(f32x4.add(v0, sum), f32x4.add(v3, v4)));
  const q = madd(v3, f32x4.splat(0.5), madd(v4, f32x4.splat(-2), madd(v0, minus, f32x4.sub(difference, v5))));
  put(y, ys, 0, f32x4.add(at(y, ys, 0, single), v0), single);
  put(y, ys, 1, taps == 3 ? f32x4.sub(at(y, ys, 1, single), q) : f32x4.neg(q), single);
  put(y, ys, 2, f32x4.sub(madd(difference, minus, f32x4.neg(v0)), p), single);
  put(y, ys, 3, madd(sum, minus, f32x4.sub(q, v5)), single);
  put(y, ys, 4, p, single);
  put(y, ys, 5, v5, single);
}

/** Transforms points to the first `count` outputs; with `full`, the last of them is the last one of the tile. */
// @ts-ignore: decorator
@inline
function output6(count: i32, full: bool, x: usize, xs: usize, y: usize, ys: usize, single: bool): void {
  const v1 = at(x, xs, 1, single), v2 = at(x, xs, 2, single), v3 = at(x, xs, 3, single), v4 = at(x, xs, 4, single);
  const even = f32x4.add(v1, v2), odd = f32x4.sub(v1, v2);
  const last = full ? at(x, xs, 5, single) : f32x4.splat(0);
  put(y, ys, 0, f32x4.add(f32x4.add(at(x, xs, 0, single), even), f32x4.add(v3, v4)), single);
  if (count > 1) put(y, ys, 1, madd(v3, f32x4.splat(2), madd(v4, f32x4.splat(-0.5), odd)), single);
  if (count > 2) put(y, ys, 2, madd(v3, f32x4.splat(4), madd(v4, f32x4.splat(0.25), even)), single);
  if (count > 3) {
    const fourth = madd(v3, f32x4.splat(8), madd(v4, f32x4.splat(-0.125), odd));
    put(y, ys, 3, full && count == 4 ? f32x4.add(fourth, last) : fourth, single);
  }
  if (count > 4) {
    put(y, ys, 4, f32x4.add(madd(v3, f32x4.splat(16), madd(v4, f32x4.splat(0.0625), even)), last), single);
  }
}

/** The adjoint of {@link output6}. */
// @ts-ignore: decorator
@inline
function outputGradient6(
  count: i32, full: bool, x: usize, xs: usize, y: usize, ys: usize, single: bool,
): void {
  const zeroVector = f32x4.splat(0);
  const y0 = at(x, xs, 0, single);
  const y1 = count > 1 ? at(x, xs, 1, single) : zeroVector, y2 = count > 2 ? at(x, xs, 2, single) : zeroVector;
  const y3 = count > 3 ? at(x, xs, 3, single) : zeroVector, y4 = count > 4 ? at(x, xs, 4, single) : zeroVector;
  const even = f32x4.add(f32x4.add(y0, y2), y4), odd = f32x4.add(y1, y3);
  const two = f32x4.splat(2), half = f32x4.splat(-0.5);
  put(y, ys, 0, y0, single);
  put(y, ys, 1, f32x4.add(even, odd), single);
  put(y, ys, 2, f32x4.sub(even, odd), single);
  put(y, ys, 3, madd(madd(madd(madd(y4, two, y3), two, y2), two, y1), two, y0), single);
  put(y, ys, 4, madd(madd(madd(madd(y4, half, y3), half, y2), half, y1), half, y0), single);
  put(y, ys, 5, !full ? zeroVector : count == 4 ? y3 : y4, single);
}

/** Transforms taps to points. */
// @ts-ignore: decorator
@inline
function filter6(taps: i32, x: usize, xs: usize, y: usize, ys: usize, single: bool): void {
  const g0 = at(x, xs, 0, single), g1 = at(x, xs, 1, single);
  const g2 = taps == 3 ? at(x, xs, 2, single) : f32x4.splat(0);
  const even = f32x4.add(g0, g2), two = f32x4.splat(2), half = f32x4.splat(-0.5);
  put(y, ys, 0, g0, single);
  put(y, ys, 1, f32x4.mul(f32x4.add(even, g1), f32x4.splat(-1.0 / 3.0)), single);
  put(y, ys, 2, f32x4.mul(f32x4.sub(even, g1), f32x4.splat(1.0 / 3.0)), single);
  put(y, ys, 3, f32x4.mul(madd(madd(g2, two, g1), two, g0), f32x4.splat(1.0 / 15.0)), single);
  put(y, ys, 4, f32x4.mul(madd(madd(g2, half, g1), half, g0), f32x4.splat(-16.0 / 15.0)), single);
  put(y, ys, 5, taps == 3 ? g2 : g1, single);
}

/** The adjoint of {@link filter6}. */
// @ts-ignore: decorator
@inline
function filterGradient6(taps: i32, x: usize, xs: usize, y: usize, ys: usize, single: bool): void {
  const third = f32x4.splat(1.0 / 3.0);
  const v1 = f32x4.mul(at(x, xs, 1, single), third), v2 = f32x4.mul(at(x, xs, 2, single), third);
  const v3 = f32x4.mul(at(x, xs, 3, single), f32x4.splat(1.0 / 15.0));
  const v4 = f32x4.mul(at(x, xs, 4, single), f32x4.splat(-16.0 / 15.0));
  const last = at(x, xs, 5, single), even = f32x4.sub(v2, v1);
  const odd = madd(v3, f32x4.splat(2), madd(v4, f32x4.splat(-0.5), f32x4.neg(f32x4.add(v1, v2))));
  put(y, ys, 0, f32x4.add(f32x4.add(at(x, xs, 0, single), even), f32x4.add(v3, v4)), single);
  put(y, ys, 1, taps == 3 ? odd : f32x4.add(odd, last), single);
  if (taps == 3) {
    put(y, ys, 2, f32x4.add(madd(v3, f32x4.splat(4), madd(v4, f32x4.splat(0.25), even)), last), single);
  }
}

// Number of taps or outputs of a map.
function numberOf(map: i32): i32 {
  if (map <= Map.inputGradient63) return map - Map.inputGradient62 + 2;
  if (map <= Map.filter36) return map - Map.filter26 + 2;
  if (map <= Map.filterGradient63) return map - Map.filterGradient62 + 2;
  const place = map <= Map.output65 ? map - Map.output61 : map - Map.outputGradient16;
  return place < 4 ? place + 1 : place;
}

// Consecutive elements, four at a time. Branches in the loops cost less than more code would.
function run(map: i32, n: i32, x: usize, xs: usize, y: usize, ys: usize, floats: usize): void {
  const whole = y + ((floats & ~3) << 2), end = y + (floats << 2);
  const full = map == Map.output64Wide || map == Map.output65 || map >= Map.outputGradient46Wide;
  if (map <= Map.input6) {
    for (; y < whole; x += 16, y += 16) input6(x, xs, y, ys, false);
    for (; y < end; x += 4, y += 4) input6(x, xs, y, ys, true);
    return;
  }
  if (map <= Map.inputGradient63) {
    for (; y < whole; x += 16, y += 16) inputGradient6(n, x, xs, y, ys, false);
    for (; y < end; x += 4, y += 4) inputGradient6(n, x, xs, y, ys, true);
    return;
  }
  if (map <= Map.filter36) {
    for (; y < whole; x += 16, y += 16) filter6(n, x, xs, y, ys, false);
    for (; y < end; x += 4, y += 4) filter6(n, x, xs, y, ys, true);
    return;
  }
  if (map <= Map.filterGradient63) {
    for (; y < whole; x += 16, y += 16) filterGradient6(n, x, xs, y, ys, false);
    for (; y < end; x += 4, y += 4) filterGradient6(n, x, xs, y, ys, true);
    return;
  }
  if (map <= Map.output65) {
    for (; y < whole; x += 16, y += 16) output6(n, full, x, xs, y, ys, false);
    for (; y < end; x += 4, y += 4) output6(n, full, x, xs, y, ys, true);
    return;
  }
  for (; y < whole; x += 16, y += 16) outputGradient6(n, full, x, xs, y, ys, false);
  for (; y < end; x += 4, y += 4) outputGradient6(n, full, x, xs, y, ys, true);
}

/** Applies a map at positions as in `mapElements` of winograd.ts. */
export function mapSix(
  map: i32, x: usize, xs: usize, y: usize, ys: usize, a: i32, xa: i32, ya: i32, b: i32, xb: i32, yb: i32,
  c: i32, xc: i32, yc: i32, floats: i32,
): void {
  const n = numberOf(map);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      let from = x + i * xa + j * xb, to = y + i * ya + j * yb;
      for (let k = 0; k < c; k++) {
        run(map, n, from, xs, to, ys, floats);
        from += xc;
        to += yc;
      }
    }
  }
}
