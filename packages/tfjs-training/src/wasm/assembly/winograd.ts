/**
 * The linear maps of Winograd's convolutions along one axis (Toom-Cook at the points 0, 1, -1 and infinity, or
 * without -1), over runs of channels: `F(m, r)` computes `m` outputs of a filter of `r` taps from `m + r - 1` products.
 */

/** Maps, numbered as in winograd-axis.ts. */
export const enum Map {
  copy, // one element unchanged
  input3, input4, // elements to points
  inputGradient32, inputGradient42, inputGradient43, // points to elements, added to the first `taps - 1`
  output32, output31, output43, output42, output42Wide, output41, // points to outputs
  outputGradient23, outputGradient13, outputGradient34, outputGradient24, outputGradient24Wide, outputGradient14,
  filter23, filter24, filter34, // taps to points
  filterGradient32, filterGradient42, filterGradient43, // points to taps
}

// @ts-ignore: decorator
@inline
function read(at: usize, single: bool): v128 {
  return single ? v128.load32_zero(at) : v128.load(at);
}

// @ts-ignore: decorator
@inline
function write(at: usize, x: v128, single: bool): void {
  if (single) v128.store32_lane(at, x, 0);
  else v128.store(at, x);
}

// One map of four consecutive floats, or of a single float.
// @ts-ignore: decorator
@inline
function apply(map: Map, x: usize, xs: usize, y: usize, ys: usize, single: bool): void {
  const x0 = read(x, single);
  if (map == Map.copy) {
    write(y, x0, single);
    return;
  }
  const zeroVector = f32x4.splat(0), half = f32x4.splat(0.5);
  const x1 = map == Map.outputGradient13 || map == Map.outputGradient14 ? zeroVector : read(x + xs, single);
  const two = map == Map.outputGradient13 || map == Map.outputGradient14 || map == Map.outputGradient23
    || map == Map.outputGradient24 || map == Map.outputGradient24Wide || map == Map.filter23 || map == Map.filter24;
  const x2 = two ? zeroVector : read(x + 2 * xs, single);
  const four = map == Map.input4 || map == Map.inputGradient42 || map == Map.inputGradient43 || map == Map.output43
    || map == Map.output42Wide || map == Map.filterGradient42 || map == Map.filterGradient43;
  const x3 = four ? read(x + 3 * xs, single) : zeroVector;
  if (map == Map.input3) {
    write(y, f32x4.sub(x0, x1), single);
    write(y + ys, x1, single);
    write(y + 2 * ys, f32x4.sub(x2, x1), single);
  } else if (map == Map.input4) {
    write(y, f32x4.sub(x0, x2), single);
    write(y + ys, f32x4.add(x1, x2), single);
    write(y + 2 * ys, f32x4.sub(x2, x1), single);
    write(y + 3 * ys, f32x4.sub(x3, x1), single);
  } else if (map == Map.inputGradient32) {
    write(y, f32x4.add(read(y, single), x0), single);
    write(y + ys, f32x4.sub(f32x4.sub(x1, x0), x2), single);
    write(y + 2 * ys, x2, single);
  } else if (map == Map.inputGradient42 || map == Map.inputGradient43) {
    const second = f32x4.sub(f32x4.sub(x1, x2), x3);
    write(y, f32x4.add(read(y, single), x0), single);
    write(y + ys, map == Map.inputGradient43 ? f32x4.add(read(y + ys, single), second) : second, single);
    write(y + 2 * ys, f32x4.sub(f32x4.add(x1, x2), x0), single);
    write(y + 3 * ys, x3, single);
  } else if (map == Map.output32 || map == Map.filterGradient32) {
    write(y, f32x4.add(x0, x1), single);
    write(y + ys, f32x4.add(x1, x2), single);
  } else if (map == Map.output31) {
    write(y, f32x4.add(x0, x1), single);
  } else if (map == Map.output41) {
    write(y, f32x4.add(x0, f32x4.add(x1, x2)), single);
  } else if (map == Map.output43 || map == Map.output42 || map == Map.output42Wide) {
    const sum = f32x4.add(x1, x2), difference = f32x4.sub(x1, x2);
    write(y, f32x4.add(x0, sum), single);
    write(y + ys, map == Map.output42Wide ? f32x4.add(difference, x3) : difference, single);
    if (map == Map.output43) write(y + 2 * ys, f32x4.add(sum, x3), single);
  } else if (map == Map.outputGradient23 || map == Map.filter23) {
    write(y, x0, single);
    write(y + ys, f32x4.add(x0, x1), single);
    write(y + 2 * ys, x1, single);
  } else if (map == Map.outputGradient13) {
    write(y, x0, single);
    write(y + ys, x0, single);
    write(y + 2 * ys, zeroVector, single);
  } else if (map == Map.outputGradient14) {
    write(y, x0, single);
    write(y + ys, x0, single);
    write(y + 2 * ys, x0, single);
    write(y + 3 * ys, zeroVector, single);
  } else if (map == Map.outputGradient34) {
    const ends = f32x4.add(x0, x2);
    write(y, x0, single);
    write(y + ys, f32x4.add(ends, x1), single);
    write(y + 2 * ys, f32x4.sub(ends, x1), single);
    write(y + 3 * ys, x2, single);
  } else if (map == Map.outputGradient24 || map == Map.outputGradient24Wide) {
    write(y, x0, single);
    write(y + ys, f32x4.add(x0, x1), single);
    write(y + 2 * ys, f32x4.sub(x0, x1), single);
    write(y + 3 * ys, map == Map.outputGradient24Wide ? x1 : zeroVector, single);
  } else if (map == Map.filter24) {
    write(y, x0, single);
    write(y + ys, f32x4.mul(f32x4.add(x0, x1), half), single);
    write(y + 2 * ys, f32x4.mul(f32x4.sub(x0, x1), half), single);
    write(y + 3 * ys, x1, single);
  } else if (map == Map.filter34) {
    const ends = f32x4.add(x0, x2);
    write(y, x0, single);
    write(y + ys, f32x4.mul(f32x4.add(ends, x1), half), single);
    write(y + 2 * ys, f32x4.mul(f32x4.sub(ends, x1), half), single);
    write(y + 3 * ys, x2, single);
  } else if (map == Map.filterGradient42) {
    write(y, f32x4.add(x0, f32x4.mul(f32x4.add(x1, x2), half)), single);
    write(y + ys, f32x4.add(x3, f32x4.mul(f32x4.sub(x1, x2), half)), single);
  } else if (map == Map.filterGradient43) {
    const sum = f32x4.mul(f32x4.add(x1, x2), half);
    write(y, f32x4.add(x0, sum), single);
    write(y + ys, f32x4.mul(f32x4.sub(x1, x2), half), single);
    write(y + 2 * ys, f32x4.add(x3, sum), single);
  }
}

// @ts-ignore: decorator
@inline
function runs(
  map: Map, x: usize, xs: usize, y: usize, ys: usize, a: i32, xa: i32, ya: i32, b: i32, xb: i32, yb: i32,
  c: i32, xc: i32, yc: i32, floats: i32,
): void {
  for (let i = 0; i < a; i++) {
    let xi = x + i * xa, yi = y + i * ya;
    for (let j = 0; j < b; j++) {
      let from = xi, to = yi;
      for (let k = 0; k < c; k++) {
        let p = from, q = to;
        let left = floats;
        for (; left >= 4; left -= 4) {
          apply(map, p, xs, q, ys, false);
          p += 16;
          q += 16;
        }
        for (; left > 0; left--) {
          apply(map, p, xs, q, ys, true);
          p += 4;
          q += 4;
        }
        from += xc;
        to += yc;
      }
      xi += xb;
      yi += yb;
    }
  }
}

/**
 * Maps between elements of the input and points, at `[a, b, c]` positions of runs of `floats`: the elements of a map
 * are `xs` bytes apart and its results
 * `ys` bytes apart; the strides of the three axes are also in bytes.
 */
export function mapElements(
  map: i32, x: usize, xs: usize, y: usize, ys: usize, a: i32, xa: i32, ya: i32, b: i32, xb: i32, yb: i32,
  c: i32, xc: i32, yc: i32, floats: i32,
): void {
  switch (map) {
    case Map.copy: return runs(Map.copy, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.input3: return runs(Map.input3, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.input4: return runs(Map.input4, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.inputGradient32: return runs(Map.inputGradient32, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.inputGradient42: return runs(Map.inputGradient42, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.inputGradient43: return runs(Map.inputGradient43, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
  }
}

/** Maps of points to outputs, at positions as in {@link mapElements}. */
export function mapOutputs(
  map: i32, x: usize, xs: usize, y: usize, ys: usize, a: i32, xa: i32, ya: i32, b: i32, xb: i32, yb: i32,
  c: i32, xc: i32, yc: i32, floats: i32,
): void {
  switch (map) {
    case Map.output32: return runs(Map.output32, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.output31: return runs(Map.output31, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.output43: return runs(Map.output43, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.output42: return runs(Map.output42, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.output42Wide: return runs(Map.output42Wide, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.output41: return runs(Map.output41, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
  }
}

/** Maps of outputs' gradients to points, at positions as in {@link mapElements}. */
export function mapOutputGradients(
  map: i32, x: usize, xs: usize, y: usize, ys: usize, a: i32, xa: i32, ya: i32, b: i32, xb: i32, yb: i32,
  c: i32, xc: i32, yc: i32, floats: i32,
): void {
  switch (map) {
    case Map.outputGradient23: return runs(Map.outputGradient23, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.outputGradient13: return runs(Map.outputGradient13, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.outputGradient34: return runs(Map.outputGradient34, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.outputGradient24: return runs(Map.outputGradient24, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.outputGradient24Wide: return runs(Map.outputGradient24Wide, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.outputGradient14: return runs(Map.outputGradient14, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
  }
}

/** Maps between taps of the filter and points, at positions as in {@link mapElements}. */
export function mapTaps(
  map: i32, x: usize, xs: usize, y: usize, ys: usize, a: i32, xa: i32, ya: i32, b: i32, xb: i32, yb: i32,
  c: i32, xc: i32, yc: i32, floats: i32,
): void {
  switch (map) {
    case Map.filter23: return runs(Map.filter23, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.filter24: return runs(Map.filter24, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.filter34: return runs(Map.filter34, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.filterGradient32: return runs(Map.filterGradient32, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.filterGradient42: return runs(Map.filterGradient42, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
    case Map.filterGradient43: return runs(Map.filterGradient43, x, xs, y, ys, a, xa, ya, b, xb, yb, c, xc, yc, floats);
  }
}
