/** Sums of rows into segments, and gathering by index. Four-byte elements; addresses in bytes. */

/** Adds row i of `x` to row `ids[i]` of `out` `[segments, size]`; rows with other ids are ignored. */
export function segmentSum(
  x: usize, ids: usize, out: usize, rows: i32, size: i32, segments: i32, integers: bool,
): void {
  const row = <usize>size << 2;
  memory.fill(out, 0, <usize>segments * row);
  let from = x;
  for (let i = 0; i < rows; i++, from += row) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (<u32>id >= <u32>segments) continue;
    const to = out + <usize>id * row;
    let at: usize = 0;
    if (integers) {
      for (; at < row; at += 4) store<i32>(to + at, load<i32>(to + at) + load<i32>(from + at));
      continue;
    }
    for (; at + 16 <= row; at += 16) v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    for (; at < row; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
  }
}

/**
 * Copies the slices of `size` elements of `x` `[batches, outer, choices, size]` at the indices `ids`
 * `[batches, count]` to `out` `[batches, outer, count, size]`.
 * Returns the position of the first id outside of `0..choices - 1`, or -1.
 */
export function gatherSlices(
  x: usize, ids: usize, out: usize, batches: i32, outer: i32, choices: i32, count: i32, size: i32,
): i32 {
  for (let i = 0; i < batches * count; i++) {
    if (load<u32>(ids + (<usize>i << 2)) >= <u32>choices) return i;
  }
  const slice = <usize>size << 2;
  let to = out;
  for (let batch = 0; batch < batches; batch++) {
    const list = ids + (<usize>(batch * count) << 2);
    for (let i = 0; i < outer; i++) {
      const from = x + <usize>((batch * outer + i) * choices) * slice;
      for (let j = 0; j < count; j++, to += slice) {
        const source = from + <usize>load<i32>(list + (<usize>j << 2)) * slice;
        if (size == 1) store<f32>(to, load<f32>(source));
        else memory.copy(to, source, slice);
      }
    }
  }
  return -1;
}
