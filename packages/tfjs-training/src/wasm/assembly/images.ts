/** Images with borders of zeros, and their patches as rows of a matrix. */

// @ts-ignore: decorator
@inline
function zero(to: usize, floats: i32): void {
  const zeroVector = f32x4.splat(0);
  let left = floats;
  for (; left >= 4; left -= 4) {
    v128.store(to, zeroVector);
    to += 16;
  }
  for (; left > 0; left--) {
    store<f32>(to, 0);
    to += 4;
  }
}

// @ts-ignore: decorator
@inline
function copy(from: usize, to: usize, floats: i32): void {
  let left = floats;
  for (; left >= 4; left -= 4) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; left > 0; left--) {
    store<f32>(to, load<f32>(from));
    from += 4;
    to += 4;
  }
}

/**
 * Copies images `[images, rows, floats]` into larger or smaller ones `[images, outRows, outFloats]`, so that
 * the old corner is at `top`, `left`; parts outside are dropped, and zeros fill the rest. Negative
 * `top` and `left` crop.
 */
export function frameImages(
  x: usize, images: i32, rows: i32, floats: i32, out: usize, outRows: i32, outFloats: i32, top: i32, left: i32,
): void {
  const before = min(max(left, 0), outFloats);
  const skip = max(-left, 0);
  const inside = max(0, min(floats - skip, outFloats - before));
  const after = outFloats - before - inside;
  for (let image = 0; image < images; image++) {
    for (let outRow = 0; outRow < outRows; outRow++) {
      const row = outRow - top;
      if (row < 0 || row >= rows) zero(out, outFloats);
      else {
        zero(out, before);
        copy(x + (<usize>((image * rows + row) * floats + skip) << 2), out + (<usize>before << 2), inside);
        zero(out + (<usize>(before + inside) << 2), after);
      }
      out += <usize>outFloats << 2;
    }
  }
}

/** Writes rows, each the `segments` runs of `length` floats at `rows[i] + offsets[segment]`, as a matrix. */
export function gatherRows(rows: usize, count: i32, offsets: usize, segments: i32, length: i32, out: usize): void {
  for (let row = 0; row < count; row++) {
    const from = load<usize>(rows + (<usize>row << 2));
    for (let segment = 0; segment < segments; segment++) {
      copy(from + load<usize>(offsets + (<usize>segment << 2)), out, length);
      out += <usize>length << 2;
    }
  }
}

/** Adds the rows of a matrix to the runs that {@link gatherRows} reads. */
export function scatterRows(rows: usize, count: i32, offsets: usize, segments: i32, length: i32, x: usize): void {
  for (let row = 0; row < count; row++) {
    const base = load<usize>(rows + (<usize>row << 2));
    for (let segment = 0; segment < segments; segment++) {
      let to = base + load<usize>(offsets + (<usize>segment << 2));
      let left = length;
      for (; left >= 4; left -= 4) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(x)));
        to += 16;
        x += 16;
      }
      for (; left > 0; left--) {
        store<f32>(to, load<f32>(to) + load<f32>(x));
        to += 4;
        x += 4;
      }
    }
  }
}

/** `out += x`, `floats` long. */
export function addInto(x: usize, out: usize, floats: i32): void {
  let left = floats;
  for (; left >= 4; left -= 4) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
    out += 16;
    x += 16;
  }
  for (; left > 0; left--) {
    store<f32>(out, load<f32>(out) + load<f32>(x));
    out += 4;
    x += 4;
  }
}
