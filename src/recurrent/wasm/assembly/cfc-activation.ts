/** Activations of the CfC backbone and their slopes, on rows of floats. */

import { erf, exp, logistic, tanh } from "../../../../packages/tfjs-training/src/wasm/assembly/math";
import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/** Numbers that identify the activations. */
// @ts-ignore: decorator
@inline
const LECUN_TANH = 0;
// @ts-ignore: decorator
@inline
const TANH = 1;
// @ts-ignore: decorator
@inline
const RELU = 2;
// @ts-ignore: decorator
@inline
const SILU = 3;

// lecun_tanh(u) = outer tanh(inner u)
// @ts-ignore: decorator
@inline
const outer: f32 = 1.7159;
// @ts-ignore: decorator
@inline
const inner: f32 = 0.666;

// @ts-ignore: decorator
@inline
function normalCdf(u: v128): v128 {
  const half = f32x4.splat(0.5);
  return madd(erf(f32x4.mul(u, f32x4.splat(0.70710678))), half, half);
}

/**
 * Replaces `count` pre-activations at `z`, a multiple of four, by activations times dropout factors. `u` and
 * `saved` (or 0) receive the pre-activations and the results.
 */
export function activate(kind: i32, z: usize, dropout: usize, u: usize, saved: usize, count: i32): void {
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    const x = v128.load(z + at);
    if (u) v128.store(u + at, x);
    let y: v128;
    if (kind == LECUN_TANH) y = f32x4.mul(f32x4.splat(outer), tanh(f32x4.mul(x, f32x4.splat(inner))));
    else if (kind == TANH) y = tanh(x);
    else if (kind == RELU) y = f32x4.max(x, f32x4.splat(0));
    else if (kind == SILU) y = f32x4.mul(x, logistic(x));
    else y = f32x4.mul(x, normalCdf(x));
    if (dropout) y = f32x4.mul(y, v128.load(dropout + at));
    v128.store(z + at, y);
    if (saved) v128.store(saved + at, y);
  }
}

/**
 * `out = d phi'(u) factor` for `count` floats, a multiple of four; from the activations `z` after dropout, or from
 * `u` if the slope needs it.
 */
export function slope(kind: i32, d: usize, z: usize, u: usize, dropout: usize, out: usize, count: i32): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    const y = v128.load(z + at);
    const factor = dropout ? v128.load(dropout + at) : one;
    let rate: v128;
    if (kind <= TANH) {
      // phi' = steep - bend phi^2, and phi = z / factor; where the factor is 0 so is z.
      const steep = kind == TANH ? one : f32x4.splat(outer * inner);
      const bend = kind == TANH ? one : f32x4.splat(inner / outer);
      let square = f32x4.mul(y, y);
      if (dropout) square = f32x4.div(square, f32x4.max(factor, f32x4.splat(1e-30)));
      rate = f32x4.sub(f32x4.mul(steep, factor), f32x4.mul(bend, square));
    } else if (kind == RELU) {
      rate = v128.and(f32x4.gt(y, f32x4.splat(0)), factor);
    } else {
      const x = v128.load(u + at);
      if (kind == SILU) {
        const s = logistic(x);
        rate = f32x4.mul(s, madd(x, f32x4.sub(one, s), one));
      } else {
        const density = f32x4.mul(
          exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5))),
          f32x4.splat(0.39894228),
        );
        rate = madd(x, density, normalCdf(x));
      }
      rate = f32x4.mul(rate, factor);
    }
    v128.store(out + at, f32x4.mul(v128.load(d + at), rate));
  }
}
