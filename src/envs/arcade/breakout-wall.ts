/** The wall of bricks. */

import {
  BALL_HEIGHT,
  BALL_WIDTH,
  BRICK_COLUMNS,
  BRICK_COUNT,
  BRICK_HEIGHT,
  BRICK_WIDTH,
  BRICKS_BOTTOM,
  BRICKS_TOP,
  FIELD_LEFT,
} from "./breakout-geometry.js";

/** 6 rows of 18 bricks, and which of them a ball touches and breaks. */
export class BreakoutWall {
  /** 1 where a brick is left, `[row * 18 + column]`, from the upper left. */
  readonly bricks: Uint8Array = new Uint8Array(BRICK_COUNT).fill(1);

  /** Restores all bricks. */
  build(): void {
    this.bricks.fill(1);
  }

  /**
   * The brick that a ball breaks, or -1. As in the original the screen determines whether the ball
   * touches any brick, and a coarser grid determines which one breaks: none if that one is already broken.
   *
   * @param column column of the ball's left edge · @param row row of its upper edge
   */
  struckBy(column: number, row: number): number {
    if (!this.touches(column, row)) return -1;
    const line = Math.max(0, Math.floor((row - BRICKS_TOP - 2) / BRICK_HEIGHT));
    const place = Math.max(0, column - FIELD_LEFT - (line === 0 ? 1 : 0));
    const brick = line * BRICK_COLUMNS + Math.floor(place / BRICK_WIDTH);
    return this.bricks[brick] === 1 ? brick : -1;
  }

  // Above the lower edge of the bricks the ball is drawn one row higher than below it.
  private touches(column: number, row: number): boolean {
    const top = Math.max(row - 1, BRICKS_TOP);
    const bottom = Math.min(row + BALL_HEIGHT - 2, BRICKS_BOTTOM - 1);
    if (top > bottom) return false;
    const left = column - FIELD_LEFT;
    const right = left + BALL_WIDTH - 1;
    return (
      this.isPresent(top, left) ||
      this.isPresent(top, right) ||
      this.isPresent(bottom, left) ||
      this.isPresent(bottom, right)
    );
  }

  private isPresent(row: number, place: number): boolean {
    const column = Math.floor(place / BRICK_WIDTH);
    if (column < 0 || column >= BRICK_COLUMNS) return false;
    return this.bricks[Math.floor((row - BRICKS_TOP) / BRICK_HEIGHT) * BRICK_COLUMNS + column] === 1;
  }
}
