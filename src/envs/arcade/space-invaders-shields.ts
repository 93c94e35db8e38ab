/** The three shields of Space Invaders. */

import { SHIELD_COLUMNS, SHIELD_ROWS, SHIELD_WIDTH, SHIELDS_TOP } from "./space-invaders-geometry.js";
import { SHIELD } from "./space-invaders-sprites.js";

/** Blocks of all shields: three shields of 9 rows and 8 columns. */
export const SHIELD_BLOCKS: number = SHIELD_COLUMNS.length * SHIELD_ROWS * SHIELD_WIDTH;

const BLOCK_HEIGHT = 2;
const BLOCKS = SHIELD_ROWS * SHIELD_WIDTH;
const WHOLE = Uint8Array.from(
  { length: SHIELD_BLOCKS },
  (_, i) => +(SHIELD[Math.floor((i % BLOCKS) / SHIELD_WIDTH)][i % SHIELD_WIDTH] === "#"),
);

// Random numbers from which on a shot takes the block to the left or to the right along.
const LEFT_FROM = 192;
const RIGHT_FROM = 224;

/** Shields that shots nibble at, block by block; a block is one pixel wide and two high. */
export class Shields {
  /** 1 where a block is left: shield by shield from the left, row by row from the top, `[3, 9, 8]`. */
  readonly blocks: Uint8Array = WHOLE.slice();

  /** Puts all blocks back. */
  build(): void {
    this.blocks.set(WHOLE);
  }

  /**
   * The first block that a shot meets, or -1.
   *
   * @param column column of the shot
   * @param top first row of the shot
   * @param bottom last row of the shot
   * @param fromBelow whether the shot rises
   */
  met(column: number, top: number, bottom: number, fromBelow: boolean): number {
    if (bottom < SHIELDS_TOP) return -1;
    for (let shield = 0; shield < SHIELD_COLUMNS.length; shield++) {
      const offset = column - SHIELD_COLUMNS[shield];
      if (offset < 0 || offset >= SHIELD_WIDTH) continue;
      const first = Math.max((top - SHIELDS_TOP) >> 1, 0);
      const last = Math.min((bottom - SHIELDS_TOP) >> 1, SHIELD_ROWS - 1);
      for (let n = 0; n <= last - first; n++) {
        const row = fromBelow ? last - n : first + n;
        const block = shield * BLOCKS + row * SHIELD_WIDTH + offset;
        if (this.blocks[block] === 1) return block;
      }
    }
    return -1;
  }

  /**
   * Breaks a block and the one behind it, and now and then one beside them or beside the one before.
   *
   * @param block what {@link Shields.met} returned
   * @param fromBelow whether the shot rises
   * @param draw gives the next random number, 0 to 255
   */
  erode(block: number, fromBelow: boolean, draw: () => number): void {
    const ahead = fromBelow ? -1 : 1;
    const row = Math.floor((block % BLOCKS) / SHIELD_WIDTH);
    this.blocks[block] = 0;
    this.breakBeside(block, draw());
    for (const step of [-1, 1]) {
      if (row + step < 0 || row + step >= SHIELD_ROWS) continue;
      const next = block + step * SHIELD_WIDTH;
      if (step === ahead) this.blocks[next] = 0;
      this.breakBeside(next, draw());
    }
  }

  private breakBeside(block: number, drawn: number): void {
    const column = block % SHIELD_WIDTH;
    if (drawn >= RIGHT_FROM) {
      if (column < SHIELD_WIDTH - 1) this.blocks[block + 1] = 0;
    } else if (drawn >= LEFT_FROM && column > 0) this.blocks[block - 1] = 0;
  }

  /** Screen row of the upper half of a row of blocks. */
  static rowTop(row: number): number {
    return SHIELDS_TOP + BLOCK_HEIGHT * row;
  }
}
