/** Where things stand on the Breakout screen, in pixels: columns from the left, rows from the top. */

/** First column between the side walls. */
export const FIELD_LEFT = 8;
/** First column of the right wall. */
export const FIELD_RIGHT = 152;
/** First row below the top wall. */
export const FIELD_TOP = 32;
/** First row below everything that moves. */
export const FIELD_BOTTOM = 195;

/** Rows of bricks. */
const BRICK_ROWS = 6;
/** Bricks in a row. */
export const BRICK_COLUMNS = 18;
/** Bricks of a whole wall. */
export const BRICK_COUNT: number = BRICK_ROWS * BRICK_COLUMNS;
/** Columns of a brick. */
export const BRICK_WIDTH = 8;
/** Rows of a brick. */
export const BRICK_HEIGHT = 6;
/** First row of the uppermost bricks. */
export const BRICKS_TOP = 57;
/** First row below the lowest bricks. */
export const BRICKS_BOTTOM: number = BRICKS_TOP + BRICK_ROWS * BRICK_HEIGHT;
/** Points for a brick of each row, from the top. */
export const BRICK_POINTS: readonly number[] = [7, 7, 4, 4, 1, 1];
/** Points for a whole wall. */
export const WALL_POINTS = 432;

/** First row of the paddle. */
export const PADDLE_TOP = 189;
/** Rows of the paddle. */
export const PADDLE_HEIGHT = 4;
/** Leftmost position of the paddle's left edge. */
export const PADDLE_MIN: number = FIELD_LEFT;
/** Rightmost position of the paddle's left edge; from 136 on the paddle dips behind the right wall. */
export const PADDLE_MAX = 144;

/** Columns of the ball. */
export const BALL_WIDTH = 2;
/** Rows of the ball. */
export const BALL_HEIGHT = 4;
/** Ball positions and velocities are whole numbers of 1/256 pixel. */
export const SUBPIXELS = 256;
/** Row at which a falling ball is lost. */
export const LOST_ROW = 217;
