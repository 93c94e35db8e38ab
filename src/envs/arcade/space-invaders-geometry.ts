/** Geometry of the Space Invaders screen, in pixels: columns from the left, rows from the top. */

/** Number of invader rows; row 0 is the lowest. */
export const INVADER_ROWS = 6;
/** Number of invaders in a row. */
export const INVADER_COLUMNS = 6;
/** Number of invaders in a full formation. */
export const INVADER_COUNT: number = INVADER_ROWS * INVADER_COLUMNS;
/** Width of an invader. */
export const INVADER_WIDTH = 8;
/** Height of an invader. */
export const INVADER_HEIGHT = 10;
/** Columns from one invader to the next. */
export const COLUMN_PITCH = 16;
/** Rows from one row of invaders to the next. */
export const ROW_PITCH = 18;
/** First screen row of the lowest invaders of a formation that has not descended yet. */
export const LOWEST_ROW_TOP = 121;
/** Points for an invader of each row, from the lowest. */
export const INVADER_POINTS: readonly number[] = [5, 10, 15, 20, 25, 30];
/** Points for the mothership. */
export const MOTHERSHIP_POINTS = 200;

/** Leftmost column of the formation's left edge. */
export const FORMATION_LEFT = 22;
/** Rightmost column of the left edge of a formation that is six columns wide. */
export const FORMATION_RIGHT = 49;
/** Rows of one descent of the formation. */
export const DESCENT = 10;
/** Number of descents after which the lowest row of a full formation has landed. */
export const LANDING_DESCENTS = 5;

/** First row of the mothership. */
export const MOTHERSHIP_TOP = 12;
/** Leftmost column of the mothership's left edge. */
export const MOTHERSHIP_LEFT = 0;
/** Rightmost column of the mothership's left edge. */
export const MOTHERSHIP_RIGHT = 150;
/** Width of the mothership and of the gun. */
export const SHIP_WIDTH = 7;

/** First row of the gun. */
export const GUN_TOP = 185;
/** Leftmost column of the gun's left edge, where every life begins. */
export const GUN_LEFT = 34;
/** Rightmost column of the gun's left edge. */
export const GUN_RIGHT = 116;

/** First row of the shields. */
export const SHIELDS_TOP = 157;
/** First columns of the shields. */
export const SHIELD_COLUMNS: readonly number[] = [42, 74, 106];
/** Width of a shield. */
export const SHIELD_WIDTH = 8;
/** Number of block rows of a shield; a block is one column wide and two rows high. */
export const SHIELD_ROWS = 9;

/** First row of the ground. */
export const GROUND_TOP = 195;
/** First row in which missiles are drawn; above it is the sky of the mothership. */
export const SKY_BOTTOM = 23;
/** Height of a missile and of a bomb. */
export const SHOT_HEIGHT = 8;
