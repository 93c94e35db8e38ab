/** Factors between the gradient of a CfC's state and those of its heads, for whole sequences. */

import { madd } from "../../../../packages/tfjs-training/src/wasm/assembly/simd";

/**
 * Factors of the heads `f | g | gate`, or with `times` (or 0) `f | g | a | c`, `[rows, heads * units]`: derivatives of
 * `f + s (g - f)`, or of `f + s g` where not `gated`, by the heads' pre-activations. `f`, `g`, `s`: `[rows, units]`;
 * `times`, `runs` (or 0): `[rows]`, where rows with 0 in `runs` get zeros. Up to three floats after the factors
 * are also written.
 */
export function headFactors(
  f: usize, g: usize, s: usize, times: usize, runs: usize, out: usize, rows: i32, units: i32,
  gated: bool, bounded: bool,
): void {
  const bytes = <usize>units << 2;
  const heads = times ? 4 : 3;
  const one = f32x4.splat(1);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const weight = f32x4.splat(runs ? load<f32>(runs + (row << 2)) : 1);
    const time = times ? f32x4.mul(weight, f32x4.splat(load<f32>(times + (row << 2)))) : weight;
    // Heads one after another: each ends by writing into the next one's place.
    for (let head = 0; head < heads; head++) {
      const factor = head == 2 ? time : weight;
      for (let j: usize = 0; j < bytes; j += 16) {
        const vf = v128.load(f + j), vg = v128.load(g + j), vs = v128.load(s + j);
        const rest = f32x4.sub(one, vs);
        let y: v128;
        if (head == 0) {
          y = gated ? rest : one;
          if (bounded) y = f32x4.mul(y, f32x4.sub(one, f32x4.mul(vf, vf)));
        } else if (head == 1) {
          y = bounded ? f32x4.mul(vs, f32x4.sub(one, f32x4.mul(vg, vg))) : vs;
        } else {
          y = f32x4.mul(f32x4.mul(gated ? f32x4.sub(vg, vf) : vg, vs), rest);
        }
        v128.store(out + j, f32x4.mul(y, factor));
      }
      out += bytes;
    }
    f += bytes;
    g += bytes;
    s += bytes;
  }
}

/** Dot products of rows: `out[row] = x[row] . y[row]` over `columns` numbers; strides in bytes. */
export function rowDots(
  x: usize, xStep: usize, y: usize, yStep: usize, out: usize, rows: i32, columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let sum = f32x4.splat(0);
    let j: usize = 0;
    const bytes = <usize>columns << 2;
    for (; j + 16 <= bytes; j += 16) sum = madd(v128.load(x + j), v128.load(y + j), sum);
    let total =
      f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
    for (; j < bytes; j += 4) total += load<f32>(x + j) * load<f32>(y + j);
    store<f32>(out, total);
    x += xStep;
    y += yStep;
    out += 4;
  }
}
