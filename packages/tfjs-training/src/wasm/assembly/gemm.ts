/** Matrix products over tables of row addresses, so that a row may be a patch of an image. */

import { madd } from "./simd";
import { packTile, packTiles } from "./pack-rows";
import { ACCUMULATE, CAP6, RELU, activateTile, tile, tileColumns, tileRows } from "./tile";

// Terms summed in registers before the output is accessed: the panel of the right factor (16 kB) stays in
// the first-level cache, and the packed rows that it is multiplied with in the second-level one.
const depth = 512;

// Layout of a product's work area: addresses of the output's rows; addresses of the rows of a tile that
// does not fit into the output, and that tile; zeros; addresses of the initial values of the sums.
const spareTable: usize = 32;
const spareTile: usize = 64;
const zeros: usize = 256;
const startTable: usize = 288;

// Prepares the constant parts of the work area. Sums start with the floats at `start`.
function prepare(work: usize, start: usize): void {
  const zeroVector = f32x4.splat(0);
  v128.store(work + zeros, zeroVector);
  v128.store(work + zeros, zeroVector, 16);
  for (let row = 0; row < tileRows; row++) {
    const entry = work + (<usize>row << 2);
    store<usize>(entry + spareTable, work + spareTile + (<usize>row << 5));
    store<usize>(entry + startTable, start);
  }
}

/**
 * Writes `count` addresses, a multiple of six after rounding up, of the cells of a grid
 * `[images, height, width]` in order, starting with the cell number `first`. Strides are in bytes. The last address
 * is repeated up to the multiple.
 */
export function gridAddresses(
  table: usize, base: usize, first: i32, count: i32, height: i32, width: i32,
  imageStep: i32, rowStep: i32, columnStep: i32,
): void {
  let column = first % width;
  const line = first / width;
  let row = line % height;
  let image = line / height;
  let at = base;
  for (let i = 0; i < count; i++) {
    at = base + image * imageStep + row * rowStep + column * columnStep;
    store<usize>(table, at);
    table += 4;
    if (++column == width) {
      column = 0;
      if (++row == height) { row = 0; image++; }
    }
  }
  for (let i = count; i % tileRows != 0; i++) {
    store<usize>(table, at);
    table += 4;
  }
}

/**
 * Product of rows with a matrix. Row `i` of the left factor is `segments` runs of `length` floats at
 * `rows[i] + offsets[segment]`; row `i` of the output is at `out[i]`. Both tables are padded to a multiple of
 * six. The right factor has `columns` columns in panels of eight: the full ones `panelStep` bytes apart
 * with rows `step` bytes apart, a last one of fewer columns at `edge`, rows packed; rows of zeros pad all
 * panels up to a multiple of four. `bias` (or 0) is readable up to the next multiple of eight columns.
 * `work` is 320 bytes of work area, `packed` has space for 768 floats per row.
 */
export function rowProduct(
  rows: usize, out: usize, count: i32, offsets: usize, segments: i32, length: i32,
  b: usize, step: i32, panelStep: i32, edge: usize, columns: i32, bias: usize, flags: i32,
  work: usize, packed: usize,
): void {
  prepare(work, work + zeros);
  let accumulate = flags & ACCUMULATE;
  let terms = 0;
  for (let segment = 0, skip = 0; segment < segments;) {
    let runs = 1, run = length - skip;
    if (length > depth + depth / 2) {
      if (run > depth + depth / 2) run = depth;
    } else {
      runs = min(segments - segment, max(1, depth / length));
    }
    const last = skip + run == length && segment + runs == segments;
    const many = (runs * run + 3) & ~3;
    packTiles(rows, count, <usize>skip << 2, offsets + (<usize>segment << 2), runs, run, packed, many);
    for (let column = 0; column < columns; column += tileColumns) {
      const left = columns - column, width = min(left, tileColumns);
      const panel = left >= tileColumns
        ? b + <usize>(column / tileColumns) * panelStep + <usize>terms * step
        : edge + (<usize>terms << 5);
      const panelRow = left >= tileColumns ? step : 32;
      const shift = <usize>column << 2;
      for (let row = 0; row < count; row += tileRows) {
        const to = out + (<usize>row << 2);
        const a = packed + <usize>(row * many << 2);
        const height = min(count - row, tileRows);
        const whole = height == tileRows && width == tileColumns;
        const target = whole ? to : work + spareTable, targetShift = whole ? shift : 0;
        let from = work + startTable, fromShift: usize = 0;
        if (accumulate) {
          from = target;
          fromShift = targetShift;
          if (!whole) fetchTile(work, to, shift, height, width);
        }
        tile(a, many, panel, panelRow, from, fromShift, target, targetShift);
        if (last) {
          if (bias) addBias(target, targetShift, bias + shift);
          if (flags & (RELU | CAP6)) activateTile(target, targetShift, flags);
        }
        if (!whole) returnTile(work, to, shift, 0, height, width);
      }
    }
    accumulate = ACCUMULATE;
    terms += runs * run;
    if (runs > 1 || skip + run == length) { segment += runs; skip = 0; }
    else skip += run;
  }
}

function addBias(out: usize, shift: usize, bias: usize): void {
  const x = v128.load(bias), y = v128.load(bias, 16);
  for (let row = 0; row < tileRows; row++) {
    const at = load<usize>(out + (<usize>row << 2)) + shift;
    v128.store(at, f32x4.add(v128.load(at), x));
    v128.store(at, f32x4.add(v128.load(at, 16), y), 16);
  }
}

/**
 * Product of a transposed matrix with another. The left factor's row `k` is `segments` runs of `length`
 * floats at `rows[k] + offsets[segment]`; each becomes a row of the output at `out`, `outStep` bytes apart.
 * The right factor is packed in panels of eight columns, padded with rows of zeros to a multiple of four.
 * Runs of fewer than six floats are read to the sixth float. `work` is 320 bytes of work area, `packed` has space
 * for six floats for each row.
 */
export function columnProduct(
  rows: usize, count: i32, offsets: usize, segments: i32, length: i32,
  b: usize, columns: i32, out: usize, outStep: i32, flags: i32, work: usize, packed: usize,
): void {
  prepare(work, work + zeros);
  const many = (count + 3) & ~3;
  for (let segment = 0; segment < segments; segment++) {
    const offset = load<usize>(offsets + (<usize>segment << 2));
    const first = out + <usize>(segment * length) * outStep;
    for (let element = 0; element < length; element += tileRows) {
      // The last tile starts early instead of reading past the run, and drops the rows that are already done.
      const start = max(0, min(element, length - tileRows));
      const done = element - start, height = min(length - element, tileRows);
      packTile(rows, count, offset + (<usize>start << 2), packed);
      for (let row = 0; row < tileRows; row++) {
        store<usize>(work + (<usize>row << 2), first + <usize>(start + row) * outStep);
      }
      for (let column = 0; column < columns; column += tileColumns) {
        const panel = b + (<usize>(column / tileColumns * many) << 5);
        const shift = <usize>column << 2;
        const width = min(columns - column, tileColumns);
        const whole = height == tileRows && width == tileColumns;
        const target = whole ? work : work + spareTable, targetShift = whole ? shift : 0;
        let from = work + startTable, fromShift: usize = 0;
        if (flags & ACCUMULATE) {
          from = target;
          fromShift = targetShift;
          if (!whole) fetchTile(work, work, shift, done + height, width);
        }
        tile(packed, many, panel, 32, from, fromShift, target, targetShift);
        if (!whole) returnTile(work, work, shift, done, height, width);
      }
    }
  }
}

// Copies the part of the output that a spare tile represents into it.
function fetchTile(work: usize, out: usize, shift: usize, height: i32, width: i32): void {
  for (let row = 0; row < height; row++) {
    const from = load<usize>(out + (<usize>row << 2)) + shift;
    const to = work + spareTile + (<usize>row << 5);
    for (let i = 0; i < width << 2; i += 4) store<f32>(to + i, load<f32>(from + i));
  }
}

// Copies `height` rows of a spare tile, starting with the row `first`, into the output.
function returnTile(work: usize, out: usize, shift: usize, first: i32, height: i32, width: i32): void {
  for (let row = first; row < first + height; row++) {
    const from = work + spareTile + (<usize>row << 5);
    const to = load<usize>(out + (<usize>row << 2)) + shift;
    for (let i = 0; i < width << 2; i += 4) store<f32>(to + i, load<f32>(from + i));
  }
}

/**
 * Product of `[m, k]` with the transpose of `[n, k]`, for few rows: rows are multiplied in place, with
 * no packing. Strides between rows are in bytes.
 */
export function dotProduct(
  a: usize, aStep: i32, b: usize, bStep: i32, out: usize, outStep: i32, m: i32, n: i32, k: i32, flags: i32,
): void {
  const whole = <usize>(k & ~3) << 2, end = <usize>k << 2;
  for (let row = 0; row < m; row++) {
    const x = a + row * aStep;
    let to = out + row * outStep;
    let column = 0;
    for (; column + 4 <= n; column += 4) {
      const y0 = b + column * bStep, y1 = y0 + bStep, y2 = y1 + bStep, y3 = y2 + bStep;
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let at: usize = 0;
      for (; at < whole; at += 16) {
        const v = v128.load(x + at);
        s0 = madd(v, v128.load(y0 + at), s0);
        s1 = madd(v, v128.load(y1 + at), s1);
        s2 = madd(v, v128.load(y2 + at), s2);
        s3 = madd(v, v128.load(y3 + at), s3);
      }
      const t0 = v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(s0, s1, 2, 6, 3, 7);
      const t2 = v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), t3 = v128.shuffle<f32>(s2, s3, 2, 6, 3, 7);
      const low = f32x4.add(t0, t1), high = f32x4.add(t2, t3);
      let sum = f32x4.add(
        v128.shuffle<f64>(low, high, 0, 2),
        v128.shuffle<f64>(low, high, 1, 3),
      );
      for (; at < end; at += 4) {
        const tails = f32x4(load<f32>(y0 + at), load<f32>(y1 + at), load<f32>(y2 + at), load<f32>(y3 + at));
        sum = madd(v128.load32_splat(x + at), tails, sum);
      }
      if (flags & ACCUMULATE) sum = f32x4.add(sum, v128.load(to));
      v128.store(to, sum);
      to += 16;
    }
    for (; column < n; column++) {
      const y = b + column * bStep;
      let s = f32x4.splat(0);
      let at: usize = 0;
      for (; at < whole; at += 16) s = madd(v128.load(x + at), v128.load(y + at), s);
      let sum = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3);
      for (; at < end; at += 4) sum += load<f32>(x + at) * load<f32>(y + at);
      if (flags & ACCUMULATE) sum += load<f32>(to);
      store<f32>(to, sum);
      to += 4;
    }
  }
}

/** Product of a row `[k]` with a `[k, n]` matrix whose rows are `bStep` bytes apart, with no packing. */
export function vectorProduct(a: usize, b: usize, bStep: i32, out: usize, n: i32, k: i32, flags: i32): void {
  let column = 0;
  for (; column + 16 <= n; column += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let from = b + (<usize>column << 2), x = a;
    for (let row = 0; row < k; row++) {
      const v = v128.load32_splat(x);
      s0 = madd(v, v128.load(from), s0);
      s1 = madd(v, v128.load(from, 16), s1);
      s2 = madd(v, v128.load(from, 32), s2);
      s3 = madd(v, v128.load(from, 48), s3);
      from += bStep;
      x += 4;
    }
    const to = out + (<usize>column << 2);
    if (flags & ACCUMULATE) {
      s0 = f32x4.add(s0, v128.load(to));
      s1 = f32x4.add(s1, v128.load(to, 16));
      s2 = f32x4.add(s2, v128.load(to, 32));
      s3 = f32x4.add(s3, v128.load(to, 48));
    }
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
  for (; column + 4 <= n; column += 4) {
    let s = f32x4.splat(0);
    let from = b + (<usize>column << 2), x = a;
    for (let row = 0; row < k; row++) {
      s = madd(v128.load32_splat(x), v128.load(from), s);
      from += bStep;
      x += 4;
    }
    const to = out + (<usize>column << 2);
    v128.store(to, flags & ACCUMULATE ? f32x4.add(s, v128.load(to)) : s);
  }
  for (; column < n; column++) {
    let from = b + (<usize>column << 2), x = a;
    const to = out + (<usize>column << 2);
    let s: f32 = flags & ACCUMULATE ? load<f32>(to) : 0;
    for (let row = 0; row < k; row++) {
      s += load<f32>(x) * load<f32>(from);
      from += bStep;
      x += 4;
    }
    store<f32>(to, s);
  }
}

/** Adds a bias (or 0) to every row of an output and applies the activation of `flags`, in place. */
export function finishRows(out: usize, step: i32, rows: i32, columns: i32, bias: usize, flags: i32): void {
  const low: f32 = flags & RELU ? 0 : -Infinity;
  const high: f32 = flags & CAP6 ? 6 : Infinity;
  const lows = f32x4.splat(low), highs = f32x4.splat(high);
  for (let row = 0; row < rows; row++) {
    let at = out, add = bias;
    let left = columns;
    for (; left >= 4; left -= 4) {
      let x = v128.load(at);
      if (bias) x = f32x4.add(x, v128.load(add));
      v128.store(at, f32x4.min(f32x4.max(x, lows), highs));
      at += 16;
      add += 16;
    }
    for (; left > 0; left--) {
      let x = load<f32>(at);
      if (bias) x += load<f32>(add);
      store<f32>(at, min(max(x, low), high));
      at += 4;
      add += 4;
    }
    out += step;
  }
}
