/** Elementary functions of four floats at once; NaN stays NaN. */

import { madd } from "./simd";

/** `exp(x)`, relative error below 2e-7; constant outside of -87.3..88.3, where floats end. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.3)), f32x4.splat(-87.3));
  // Adding 1.5 * 2^23 rounds to the nearest integer, and leaves it in the lowest bits.
  const shifter = f32x4.splat(12582912);
  const shifted = madd(bounded, f32x4.splat(1.44269504), shifter);
  const n = f32x4.sub(shifted, shifter);
  // x - n ln 2, with ln 2 in two parts (Cephes, expf).
  let r = madd(n, f32x4.splat(-0.693359375), bounded);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = madd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = madd(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000)));
}

/** `1 / (1 + exp(-x))`, relative error below 4e-7. */
// @ts-ignore: decorator
@inline
export function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** `tanh(x)`, relative error below 5e-7 and never above 1: a quotient of polynomials in `x^2` (Eigen's). */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const limit: f32 = 7.90531110763549805;
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(limit)), f32x4.splat(-limit));
  const square = f32x4.mul(bounded, bounded);
  let p = madd(square, f32x4.splat(-2.76076847742355e-16), f32x4.splat(2.00018790482477e-13));
  p = madd(square, p, f32x4.splat(-8.60467152213735e-11));
  p = madd(square, p, f32x4.splat(5.12229709037114e-8));
  p = madd(square, p, f32x4.splat(1.48572235717979e-5));
  p = madd(square, p, f32x4.splat(6.37261928875436e-4));
  p = madd(square, p, f32x4.splat(4.89352455891786e-3));
  let q = madd(square, f32x4.splat(1.19825839466702e-6), f32x4.splat(1.18534705686654e-4));
  q = madd(square, q, f32x4.splat(2.26843463243900e-3));
  q = madd(square, q, f32x4.splat(4.89352518554385e-3));
  return f32x4.div(f32x4.mul(bounded, p), q);
}

/** `erf(x)` (Abramowitz and Stegun, formula 7.1.26, as in tfjs's backends): absolute error below 4e-7. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const t = f32x4.div(one, madd(size, f32x4.splat(0.3275911), one));
  let sum = madd(t, f32x4.splat(1.061405429), f32x4.splat(-1.453152027));
  sum = madd(sum, t, f32x4.splat(1.421413741));
  sum = madd(sum, t, f32x4.splat(-0.284496736));
  sum = madd(sum, t, f32x4.splat(0.254829592));
  const rest = f32x4.mul(f32x4.mul(sum, t), exp(f32x4.neg(f32x4.mul(x, x))));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.or(f32x4.sub(one, rest), sign);
}
