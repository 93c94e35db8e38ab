/** Packs matrices into panels of eight columns, in the order in which a product reads them. */

// @ts-ignore: decorator
@inline
const width = 8;

/**
 * Packs columns of a `[k, n]` matrix, rows `step` bytes apart: panel after panel, `panelStep` bytes apart,
 * each `[k, 8]`; the last one is padded with zeros.
 */
export function packColumns(b: usize, step: i32, k: i32, n: i32, out: usize, panelStep: i32): void {
  for (let column = 0; column < n; column += width) {
    let from = b + (<usize>column << 2), to = out;
    const left = n - column;
    if (left >= width) {
      for (let row = 0; row < k; row++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += step;
        to += 32;
      }
    } else {
      const zero = f32x4.splat(0);
      for (let row = 0; row < k; row++) {
        v128.store(to, zero);
        v128.store(to, zero, 16);
        for (let i = 0; i < left << 2; i += 4) store<f32>(to + i, load<f32>(from + i));
        from += step;
        to += 32;
      }
    }
    out += panelStep;
  }
}

/** Packs a matrix that is stored transposed, `[n, k]`, into the panels of {@link packColumns}. */
export function packRows(b: usize, step: i32, k: i32, n: i32, out: usize, panelStep: i32): void {
  for (let column = 0; column < n; column += width) {
    const left = min(width, n - column);
    if (left == width) {
      packHalf(b, step, k, out);
      packHalf(b + 4 * step, step, k, out + 16);
    } else {
      const zero = f32x4.splat(0);
      for (let row = 0, to = out; row < k; row++, to += 32) {
        v128.store(to, zero);
        v128.store(to, zero, 16);
      }
      for (let i = 0; i < left; i++) {
        let from = b + i * step;
        for (let row = 0, to = out + (<usize>i << 2); row < k; row++, to += 32) {
          store<f32>(to, load<f32>(from));
          from += 4;
        }
      }
    }
    b += width * step;
    out += panelStep;
  }
}

// Four rows of a transposed matrix as half a panel, in squares of four by four.
function packHalf(b: usize, step: i32, k: i32, out: usize): void {
  let r0 = b, r1 = r0 + step, r2 = r1 + step, r3 = r2 + step;
  let left = k;
  for (; left >= 4; left -= 4) {
    const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
    const t0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const t2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), t3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<f64>(t0, t2, 0, 2));
    v128.store(out, v128.shuffle<f64>(t0, t2, 1, 3), 32);
    v128.store(out, v128.shuffle<f64>(t1, t3, 0, 2), 64);
    v128.store(out, v128.shuffle<f64>(t1, t3, 1, 3), 96);
    r0 += 16; r1 += 16; r2 += 16; r3 += 16;
    out += 128;
  }
  for (; left > 0; left--) {
    store<f32>(out, load<f32>(r0));
    store<f32>(out, load<f32>(r1), 4);
    store<f32>(out, load<f32>(r2), 8);
    store<f32>(out, load<f32>(r3), 12);
    r0 += 4; r1 += 4; r2 += 4; r3 += 4;
    out += 32;
  }
}

/** Fills the panels of a matrix of `k` rows and `n` columns with rows of zeros up to a multiple of four rows. */
export function padPanels(panels: usize, k: i32, n: i32, panelStep: i32): void {
  const zeroVector = f32x4.splat(0);
  for (let column = 0; column < n; column += width) {
    for (let row = k; (row & 3) != 0; row++) {
      const to = panels + (<usize>row << 5);
      v128.store(to, zeroVector);
      v128.store(to, zeroVector, 16);
    }
    panels += panelStep;
  }
}
