/** Size of the console's screen. */

/** Number of rows. */
export const SCREEN_HEIGHT = 210;
/** Number of columns. */
export const SCREEN_WIDTH = 160;
