/** Geometry of the Breakout screen, in pixels: columns from the left, rows from the top. */

/** First column between the side walls. */
export const FIELD_LEFT = 8;
/** First column of the right wall. */
export const FIELD_RIGHT = 152;
/** First row below the top wall. */
export const FIELD_TOP = 32;
/** First row below everything that moves. */
export const FIELD_BOTTOM = 195;

/** Number of brick rows. */
const BRICK_ROWS = 6;
/** Number of bricks in a row. */
export const BRICK_COLUMNS = 18;
/** Number of bricks in a full wall. */
export const BRICK_COUNT: number = BRICK_ROWS * BRICK_COLUMNS;
/** Width of a brick. */
export const BRICK_WIDTH = 8;
/** Height of a brick. */
export const BRICK_HEIGHT = 6;
/** First row of the uppermost bricks. */
export const BRICKS_TOP = 57;
/** First row below the lowest bricks. */
export const BRICKS_BOTTOM: number = BRICKS_TOP + BRICK_ROWS * BRICK_HEIGHT;
/** Points for a brick of each row, from the top. */
export const BRICK_POINTS: readonly number[] = [7, 7, 4, 4, 1, 1];
/** Points for a complete wall. */
export const WALL_POINTS = 432;

/** First row of the paddle. */
export const PADDLE_TOP = 189;
/** Height of the paddle. */
export const PADDLE_HEIGHT = 4;
/** Leftmost position of the paddle's left edge. */
export const PADDLE_MIN: number = FIELD_LEFT;
/** Rightmost position of the paddle's left edge; from 136 on the paddle dips behind the right wall. */
export const PADDLE_MAX = 144;

/** Width of the ball. */
export const BALL_WIDTH = 2;
/** Height of the ball. */
export const BALL_HEIGHT = 4;
/** Unit of ball positions and velocities: 1/256 pixel. */
export const SUBPIXELS = 256;
/** Row at which a falling ball is lost. */
export const LOST_ROW = 217;
