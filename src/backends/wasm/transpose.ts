/** Turning matrices on the heap. */

// A square of 32x32 floats is read and written within the first-level cache.
const tile = 32;

/** Writes the transpose of a `[rows, columns]` matrix at index `from` to index `to` of the same heap. */
export function transposeMatrix(
  heap: Float32Array,
  from: number,
  to: number,
  rows: number,
  columns: number,
): void {
  for (let row = 0; row < rows; row += tile) {
    const lastRow = Math.min(rows, row + tile);
    for (let column = 0; column < columns; column += tile) {
      const lastColumn = Math.min(columns, column + tile);
      for (let j = column; j < lastColumn; j++) {
        let read = from + row * columns + j;
        let write = to + j * rows + row;
        for (let i = row; i < lastRow; i++) {
          heap[write++] = heap[read];
          read += columns;
        }
      }
    }
  }
}
