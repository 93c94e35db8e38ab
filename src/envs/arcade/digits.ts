/** The block digits of the score line. */

// Five rows of three blocks each, one octal digit per row: 5 is "#.#".
const GLYPHS = ["75557", "22222", "71747", "71317", "55711", "74717", "44757", "71111", "75757", "75711"];

/** Size of a digit: rows and columns of blocks. */
export const DIGIT_BLOCKS = { rows: 5, columns: 3 } as const;

/** Whether the block at a row and column of a digit (0 to 9) is filled. */
export function digitBlock(digit: number, row: number, column: number): boolean {
  return ((GLYPHS[digit].charCodeAt(row) >> (DIGIT_BLOCKS.columns - 1 - column)) & 1) === 1;
}
