/** The formation of invaders: which are left, its position, its march. */

import {
  COLUMN_PITCH,
  DESCENT,
  FORMATION_LEFT,
  FORMATION_RIGHT,
  INVADER_COLUMNS,
  INVADER_COUNT,
  INVADER_HEIGHT,
  INVADER_ROWS,
  INVADER_WIDTH,
  LANDING_DESCENTS,
  LOWEST_ROW_TOP,
  ROW_PITCH,
} from "./space-invaders-geometry.js";
import { INVADERS, type Sprite } from "./space-invaders-sprites.js";

/** Frames of a march cycle: {@link InvaderFormation.march} gets the frame's number within it. */
export const BEAT = 64;

const WHOLE_ROW = (1 << INVADER_COLUMNS) - 1;
// Number of waves that start lower than the previous one.
const LOWERED_WAVES = 4;
// How much lower invaders that have landed are drawn.
const LANDED_SINK = 12;
// Descents after which a whole formation is among the shields.
const SHIELD_DESCENTS = 3;

// March of a formation of at least this many invaders: frames of the cycle with a step, and its columns.
const PACES: readonly { from: number; steps: readonly number[]; columns: number }[] = [
  { from: 22, steps: [0, 32], columns: 1 },
  { from: 8, steps: [0, 22, 43], columns: 2 },
  { from: 5, steps: [0, 16, 32, 48], columns: 3 },
  { from: 4, steps: [0, 20, 31, 42, 53], columns: 3 },
  { from: 3, steps: [0, 8, 15, 22, 29, 36, 43, 50, 57], columns: 3 },
  { from: 2, steps: [0, 8, 15, 22, 29, 36, 43, 50, 57], columns: 4 },
  { from: 0, steps: Array.from({ length: BEAT / 4 }, (_, i) => 4 * i), columns: 5 },
];
const STEP_COLUMNS: readonly Uint8Array[] = Array.from({ length: INVADER_COUNT + 1 }, (_, count) => {
  const { steps, columns } = PACES.find(({ from }) => count >= from) ?? PACES[0];
  return Uint8Array.from({ length: BEAT }, (_, frame) => (steps.includes(frame) ? columns : 0));
});

// First and last lit row of each column of each pose of each row's invader.
const EDGES: readonly (readonly Int8Array[])[] = INVADERS.map((poses) => poses.map(edges));

function edges(sprite: Sprite): Int8Array {
  const found = new Int8Array(2 * INVADER_WIDTH);
  for (let column = 0; column < INVADER_WIDTH; column++) {
    const lit = sprite.map((row) => row[column] === "#");
    found[2 * column] = lit.indexOf(true);
    found[2 * column + 1] = lit.lastIndexOf(true);
  }
  return found;
}

/** Names of the numbers in the state of a formation, in addition to the rows. */
export const FORMATION_FIELDS = ["count", "left", "down", "direction", "pose"] as const;

/**
 * Up to 36 invaders that march together. At each side they move down and turn. The fewer are left, the
 * more often they step, and the farther.
 */
export class InvaderFormation {
  /** The invaders left: a number for every row from the lowest, bit 0 for the leftmost column. */
  readonly rows: Uint8Array = new Uint8Array(INVADER_ROWS);
  /** Number of invaders left. */
  count = 0;
  /** Screen column of the left edge of the leftmost column. */
  left = FORMATION_LEFT;
  /** Rows the formation has come down. */
  down = 0;
  /** Direction: 1 to the right, -1 to the left. */
  direction = 1;
  /** Which of the two poses is shown. */
  pose = 0;
  private occupied = 0;
  private lowest = 0;
  private columns = INVADER_COLUMNS;

  /**
   * Sets up a full formation.
   *
   * @param wave number of waves cleared; each one up to the fourth starts one descent lower
   */
  muster(wave: number): void {
    this.rows.fill(WHOLE_ROW);
    this.count = INVADER_COUNT;
    this.left = FORMATION_LEFT;
    this.down = DESCENT * Math.min(wave, LOWERED_WAVES);
    this.direction = 1;
    this.pose = 0;
    this.refresh();
  }

  /** Width from the leftmost to the rightmost invader. */
  get width(): number {
    return this.columns;
  }

  /** Rows that the lowest invaders can still descend before they land. */
  get rowsLeft(): number {
    return LANDING_DESCENTS * DESCENT + ROW_PITCH * this.lowest - this.down;
  }

  /** Whether the lowest invaders have reached the ground. */
  get landed(): boolean {
    return this.rowsLeft <= 0;
  }

  /** Whether the invaders have reached the shields, which are then removed. */
  get amongShields(): boolean {
    return this.down >= SHIELD_DESCENTS * DESCENT + ROW_PITCH * this.lowest;
  }

  /** Whether an invader is left at a row and a column of the formation. */
  has(row: number, column: number): boolean {
    return ((this.rows[row] >> column) & 1) === 1;
  }

  /** Screen row of the upper edge of a row of invaders. */
  rowTop(row: number): number {
    return LOWEST_ROW_TOP + this.down - ROW_PITCH * row;
  }

  /** Lowest row with an invader in a column, or -1. */
  lowestIn(column: number): number {
    for (let row = 0; row < INVADER_ROWS; row++) if (this.has(row, column)) return row;
    return -1;
  }

  /** The column nearest to a given one that still has invaders; the search wraps around. */
  nearestColumn(column: number, toRight: boolean): number {
    let found = column;
    while (((this.occupied >> found) & 1) === 0) {
      found = (found + (toRight ? 1 : INVADER_COLUMNS - 1)) % INVADER_COLUMNS;
    }
    return found;
  }

  /** Steps if the cycle says so; at the side it descends and turns instead. */
  march(beat: number): void {
    const columns = STEP_COLUMNS[this.count][beat];
    if (columns === 0) return;
    const right = FORMATION_RIGHT + COLUMN_PITCH * (INVADER_COLUMNS - this.columns);
    const aim = this.left + this.direction * columns;
    this.left = Math.min(Math.max(aim, FORMATION_LEFT), right);
    this.pose = 1 - this.pose;
    // On the right reaching the edge is enough; on the left they turn only if they would cross it.
    if (this.direction > 0 ? aim < right : aim >= FORMATION_LEFT) return;
    this.down += DESCENT;
    this.direction = -this.direction;
    if (this.landed) this.down += LANDED_SINK;
  }

  /** Shifts the formation when the leftmost column is empty: the next one takes its place. */
  closeUp(): void {
    if (this.occupied === 0 || (this.occupied & 1) === 1) return;
    for (let row = 0; row < INVADER_ROWS; row++) this.rows[row] >>= 1;
    this.left += COLUMN_PITCH;
    this.refresh();
  }

  /**
   * The lowest invader that a rising missile touches, as `row * 6 + column`, or -1.
   *
   * @param column screen column of the missile
   * @param top first row of the missile
   * @param bottom last row of the missile
   */
  touched(column: number, top: number, bottom: number): number {
    const offset = column - this.left;
    const place = offset >> 4;
    const within = offset & (COLUMN_PITCH - 1);
    if (offset < 0 || within >= INVADER_WIDTH || ((this.occupied >> place) & 1) === 0) return -1;
    for (let row = 0; row < INVADER_ROWS; row++) {
      const rowTop = this.rowTop(row);
      if (bottom < rowTop || top >= rowTop + INVADER_HEIGHT || !this.has(row, place)) continue;
      const edge = EDGES[row][this.pose];
      const met = top <= rowTop + edge[2 * within + 1] && bottom >= rowTop + edge[2 * within];
      if (met) return row * INVADER_COLUMNS + place;
    }
    return -1;
  }

  /** Removes an invader. */
  remove(row: number, column: number): void {
    this.rows[row] &= ~(1 << column);
    this.count--;
    this.refresh();
  }

  /** Copies another formation into this one. */
  copyFrom(other: InvaderFormation): void {
    this.rows.set(other.rows);
    for (const field of FORMATION_FIELDS) this[field] = other[field];
    this.occupied = other.occupied;
    this.lowest = other.lowest;
    this.columns = other.columns;
  }

  /** Updates everything derived from the rows; call it after writing them. */
  refresh(): void {
    this.occupied = 0;
    this.lowest = INVADER_ROWS;
    for (let row = INVADER_ROWS - 1; row >= 0; row--) {
      this.occupied |= this.rows[row];
      if (this.rows[row] !== 0) this.lowest = row;
    }
    this.columns = 32 - Math.clz32(this.occupied);
  }
}
