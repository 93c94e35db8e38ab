/** Packs rows of a left factor six at a time, in the order in which a tile reads them. */

/**
 * Packs rows in groups of six, each `[terms, 6]`: row `i` is `segments` runs of `length` floats at
 * `rows[i] + offsets[segment] + skip`; zeros fill each group up to `terms`. The table is padded to a multiple of six.
 */
export function packTiles(
  rows: usize, count: i32, skip: usize, offsets: usize, segments: i32, length: i32, out: usize, terms: i32,
): void {
  for (let row = 0; row < count; row += 6) {
    const table = rows + (<usize>row << 2);
    let to = out;
    for (let segment = 0; segment < segments; segment++) {
      packRun(table, skip + load<usize>(offsets + (<usize>segment << 2)), length, to);
      to += <usize>length * 24;
    }
    out += <usize>terms * 24;
    for (; to < out; to += 4) store<f32>(to, 0);
  }
}

// One run of six rows, in squares of four by four and pairs.
function packRun(rows: usize, offset: usize, length: i32, out: usize): void {
  let r0 = load<usize>(rows) + offset, r1 = load<usize>(rows, 4) + offset, r2 = load<usize>(rows, 8) + offset;
  let r3 = load<usize>(rows, 12) + offset, r4 = load<usize>(rows, 16) + offset, r5 = load<usize>(rows, 20) + offset;
  let left = length;
  for (; left >= 4; left -= 4) {
    const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
    const x4 = v128.load(r4), x5 = v128.load(r5);
    const t0 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const t2 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5), t3 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    const p0 = v128.shuffle<f32>(x4, x5, 0, 4, 1, 5), p1 = v128.shuffle<f32>(x4, x5, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<f64>(t0, t2, 0, 2));
    v128.store(out, v128.shuffle<f64>(p0, t0, 0, 3), 16);
    v128.store(out, v128.shuffle<f64>(t2, p0, 1, 3), 32);
    v128.store(out, v128.shuffle<f64>(t1, t3, 0, 2), 48);
    v128.store(out, v128.shuffle<f64>(p1, t1, 0, 3), 64);
    v128.store(out, v128.shuffle<f64>(t3, p1, 1, 3), 80);
    r0 += 16; r1 += 16; r2 += 16; r3 += 16; r4 += 16; r5 += 16;
    out += 96;
  }
  for (; left > 0; left--) {
    store<f32>(out, load<f32>(r0));
    store<f32>(out, load<f32>(r1), 4);
    store<f32>(out, load<f32>(r2), 8);
    store<f32>(out, load<f32>(r3), 12);
    store<f32>(out, load<f32>(r4), 16);
    store<f32>(out, load<f32>(r5), 20);
    r0 += 4; r1 += 4; r2 += 4; r3 += 4; r4 += 4; r5 += 4;
    out += 24;
  }
}

/**
 * Packs six consecutive floats of each of `count` rows, at `rows[i] + skip`, and zeros up to a multiple of four rows.
 */
export function packTile(rows: usize, count: i32, skip: usize, out: usize): void {
  for (let i = 0; i < count; i++) {
    const at = load<usize>(rows) + skip;
    v128.store(out, v128.load(at));
    v128.store64_lane(out, v128.load64_zero(at, 16), 0, 16);
    rows += 4;
    out += 24;
  }
  for (let i = count; (i & 3) != 0; i++) {
    const zeroVector = f32x4.splat(0);
    v128.store(out, zeroVector);
    v128.store64_lane(out, zeroVector, 0, 16);
    out += 24;
  }
}
