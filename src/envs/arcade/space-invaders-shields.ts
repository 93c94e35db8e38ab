/** The three shields of Space Invaders. */

import { SHIELD_COLUMNS, SHIELD_ROWS, SHIELD_WIDTH, SHIELDS_TOP } from "./space-invaders-geometry.js";
import { SHIELD } from "./space-invaders-sprites.js";

/** Number of blocks of all shields: three shields of 9 rows and 8 columns. */
export const SHIELD_BLOCKS: number = SHIELD_COLUMNS.length * SHIELD_ROWS * SHIELD_WIDTH;

const BLOCK_HEIGHT = 2;
const BLOCKS = SHIELD_ROWS * SHIELD_WIDTH;
const WHOLE = Uint8Array.from(
  { length: SHIELD_BLOCKS },
  (_, i) => +(SHIELD[Math.floor((i % BLOCKS) / SHIELD_WIDTH)][i % SHIELD_WIDTH] === "#"),
);

// Random numbers from which on a shot also breaks the block to the left or to the right.
const LEFT_FROM = 192;
const RIGHT_FROM = 224;

/** Shields that shots erode block by block; a block is one pixel wide and two high. */
export class InvaderShields {
  /** 1 where a block is left: shield by shield from the left, row by row from the top, `[3, 9, 8]`. */
  readonly blocks: Uint8Array = new Uint8Array(SHIELD_BLOCKS);
  /** Number of blocks left in each of the 24 columns, from the left. */
  readonly heights: Uint8Array = new Uint8Array(SHIELD_COLUMNS.length * SHIELD_WIDTH);

  constructor() {
    this.build();
  }

  /** Restores all blocks. */
  build(): void {
    this.restore(WHOLE);
  }

  /** Restores saved blocks. */
  restore(blocks: Uint8Array): void {
    this.blocks.set(blocks);
    this.heights.fill(0);
    for (let block = 0; block < SHIELD_BLOCKS; block++) this.heights[columnOf(block)] += blocks[block];
  }

  /** Copies other shields into these. */
  copyFrom(other: InvaderShields): void {
    this.blocks.set(other.blocks);
    this.heights.set(other.heights);
  }

  /**
   * The first block that a shot hits, or -1.
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
   * Breaks a block and the one behind it, and sometimes one next to them or next to the one before.
   *
   * @param block result of {@link InvaderShields.met}
   * @param fromBelow whether the shot rises
   * @param draw returns the next random number, 0 to 255
   */
  erode(block: number, fromBelow: boolean, draw: () => number): void {
    const ahead = fromBelow ? -1 : 1;
    const row = Math.floor((block % BLOCKS) / SHIELD_WIDTH);
    this.break(block);
    this.breakAdjacent(block, draw());
    for (const step of [-1, 1]) {
      if (row + step < 0 || row + step >= SHIELD_ROWS) continue;
      const next = block + step * SHIELD_WIDTH;
      if (step === ahead) this.break(next);
      this.breakAdjacent(next, draw());
    }
  }

  /** Breaks a block. */
  break(block: number): void {
    this.heights[columnOf(block)] -= this.blocks[block];
    this.blocks[block] = 0;
  }

  private breakAdjacent(block: number, drawn: number): void {
    const column = block % SHIELD_WIDTH;
    if (drawn >= RIGHT_FROM) {
      if (column < SHIELD_WIDTH - 1) this.break(block + 1);
    } else if (drawn >= LEFT_FROM && column > 0) this.break(block - 1);
  }

  /** Screen row of the upper half of a row of blocks. */
  static rowTop(row: number): number {
    return SHIELDS_TOP + BLOCK_HEIGHT * row;
  }
}

// The column of a block among those of all shields.
function columnOf(block: number): number {
  return Math.floor(block / BLOCKS) * SHIELD_WIDTH + (block % SHIELD_WIDTH);
}
