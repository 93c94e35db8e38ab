/** Copies four-byte elements between layouts. Addresses and strides in bytes; strides may be 0 or negative. */

/** Writes the elements `from + i * step0 + j * step1 + k * step2` consecutively to `to`. */
export function copyStrided(
  from: usize, to: usize, count0: i32, step0: i32, count1: i32, step1: i32, count2: i32, step2: i32,
): void {
  const run = <usize>count2 << 2;
  let write = to;
  for (let i = 0; i < count0; i++) {
    let row = from + <usize>(i * step0);
    for (let j = 0; j < count1; j++, row += <usize>step1) {
      if (step2 != 4) {
        let read = row;
        const end = write + run;
        for (; write < end; write += 4, read += <usize>step2) store<i32>(write, load<i32>(read));
      } else if (run >= 256) {
        memory.copy(write, row, run);
        write += run;
      } else {
        let at: usize = 0;
        for (; at + 16 <= run; at += 16) v128.store(write + at, v128.load(row + at));
        for (; at < run; at += 4) store<i32>(write + at, load<i32>(row + at));
        write += run;
      }
    }
  }
}

/** Transposes each of `planes` matrices `[rows, columns]`. */
export function transposePlanes(from: usize, to: usize, planes: i32, rows: i32, columns: i32): void {
  const row = <usize>columns << 2, column = <usize>rows << 2;
  let source = from, target = to;
  for (let plane = 0; plane < planes; plane++) {
    // Bands of 16 rows: the cache lines that are written stay there until they are full.
    for (let band = 0; band < rows; band += 16) {
      const last = min(rows, band + 16);
      let j = 0;
      for (; j + 4 <= columns; j += 4) {
        let i = band;
        for (; i + 4 <= last; i += 4) {
          const at = source + <usize>i * row + (<usize>j << 2);
          const a = v128.load(at), b = v128.load(at + row), c = v128.load(at + 2 * row), d = v128.load(at + 3 * row);
          const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
          const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
          const write = target + <usize>j * column + (<usize>i << 2);
          v128.store(write, v128.shuffle<i64>(ab, cd, 0, 2));
          v128.store(write + column, v128.shuffle<i64>(ab, cd, 1, 3));
          v128.store(write + 2 * column, v128.shuffle<i64>(ab2, cd2, 0, 2));
          v128.store(write + 3 * column, v128.shuffle<i64>(ab2, cd2, 1, 3));
        }
        for (; i < last; i++) {
          for (let k = j; k < j + 4; k++) copyElement(source, target, i, k, row, column);
        }
      }
      for (; j < columns; j++) {
        for (let i = band; i < last; i++) copyElement(source, target, i, j, row, column);
      }
    }
    source += <usize>rows * row;
    target += <usize>rows * row;
  }
}

// @ts-ignore: decorator
@inline
function copyElement(source: usize, target: usize, i: i32, j: i32, row: usize, column: usize): void {
  store<i32>(target + <usize>j * column + (<usize>i << 2), load<i32>(source + <usize>i * row + (<usize>j << 2)));
}
