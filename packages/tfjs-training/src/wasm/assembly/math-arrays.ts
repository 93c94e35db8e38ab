/** The elementary functions on whole arrays; addresses in bytes. */

import { erf, exp, logistic, tanh } from "./math";

/** `out = exp(x)`. */
export function expOf(x: usize, out: usize, length: i32): void {
  let at: usize = 0;
  const end = <usize>(length & ~3) << 2;
  for (; at < end; at += 16) v128.store(out + at, exp(v128.load(x + at)));
  for (const last = <usize>length << 2; at < last; at += 4) {
    v128.store_lane<f32>(out + at, exp(v128.load32_splat(x + at)), 0);
  }
}

/** `out = tanh(x)`. */
export function tanhOf(x: usize, out: usize, length: i32): void {
  let at: usize = 0;
  const end = <usize>(length & ~3) << 2;
  for (; at < end; at += 16) v128.store(out + at, tanh(v128.load(x + at)));
  for (const last = <usize>length << 2; at < last; at += 4) {
    v128.store_lane<f32>(out + at, tanh(v128.load32_splat(x + at)), 0);
  }
}

/** `out = 1 / (1 + exp(-x))`. */
export function logisticOf(x: usize, out: usize, length: i32): void {
  let at: usize = 0;
  const end = <usize>(length & ~3) << 2;
  for (; at < end; at += 16) v128.store(out + at, logistic(v128.load(x + at)));
  for (const last = <usize>length << 2; at < last; at += 4) {
    v128.store_lane<f32>(out + at, logistic(v128.load32_splat(x + at)), 0);
  }
}

/** `out = erf(x)`. */
export function erfOf(x: usize, out: usize, length: i32): void {
  let at: usize = 0;
  const end = <usize>(length & ~3) << 2;
  for (; at < end; at += 16) v128.store(out + at, erf(v128.load(x + at)));
  for (const last = <usize>length << 2; at < last; at += 4) {
    v128.store_lane<f32>(out + at, erf(v128.load32_splat(x + at)), 0);
  }
}
