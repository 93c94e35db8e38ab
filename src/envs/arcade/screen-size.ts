/** The console's screen. */

/** Rows. */
export const SCREEN_HEIGHT = 210;
/** Columns. */
export const SCREEN_WIDTH = 160;
