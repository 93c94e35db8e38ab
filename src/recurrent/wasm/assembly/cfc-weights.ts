/** Converts weights of a CfC to the layout of its kernels, and gradients back to that of the layer. */

import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/**
 * Pads each head's columns of `units`; with `folds` the heads `f | g | a | c` become
 * `f | g | c + rate a`. `factors` (or 0) has the shape of `kernel` and is multiplied with it.
 */
export function padHeads(
  kernel: usize, factors: usize, out: usize, rows: i32, heads: i32, units: i32, padded: i32,
  folds: bool, rate: f32,
): void {
  const columns = heads * units, kept = folds ? 3 : heads;
  const bytes = <usize>units << 2;
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < kept; head++) {
      const folded = folds && head == 2;
      const at = <usize>(row * columns + (folded ? 3 : head) * units) << 2;
      const from = kernel + at, factor = factors ? factors + at : 0;
      let j: usize = 0;
      for (; j + 16 <= bytes; j += 16) {
        let x = v128.load(from + j);
        if (factor) x = f32x4.mul(x, v128.load(factor + j));
        if (folded) {
          let a = v128.load(from + j - bytes);
          if (factor) a = f32x4.mul(a, v128.load(factor + j - bytes));
          x = madd(f32x4.splat(rate), a, x);
        }
        v128.store(out + j, x);
      }
      for (; j < bytes; j += 4) {
        let x = load<f32>(from + j);
        if (factor) x *= load<f32>(factor + j);
        if (folded) x += rate * load<f32>(from + j - bytes) * (factor ? load<f32>(factor + j - bytes) : 1);
        store<f32>(out + j, x);
      }
      for (; j < <usize>padded << 2; j += 4) store<f32>(out + j, 0);
      out += <usize>padded << 2;
    }
  }
}

/** The reverse of {@link padHeads} for gradients. */
export function unpadHeads(
  gradient: usize, factors: usize, out: usize, rows: i32, heads: i32, units: i32, padded: i32,
  folds: bool, rate: f32,
): void {
  const kept = folds ? 3 : heads;
  const bytes = <usize>units << 2;
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const scale: f32 = folds && head == 2 ? rate : 1;
      const source = folds && head >= 2 ? 2 : head;
      const from = gradient + (<usize>((row * kept + source) * padded) << 2);
      let j: usize = 0;
      for (; j + 16 <= bytes; j += 16) {
        let x = f32x4.mul(f32x4.splat(scale), v128.load(from + j));
        if (factors) x = f32x4.mul(x, v128.load(factors + j));
        v128.store(out + j, x);
      }
      for (; j < bytes; j += 4) {
        let x = scale * load<f32>(from + j);
        if (factors) x *= load<f32>(factors + j);
        store<f32>(out + j, x);
      }
      out += bytes;
      if (factors) factors += bytes;
    }
  }
}
