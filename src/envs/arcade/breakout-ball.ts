/** Speed of the Breakout ball, and its reflection by the paddle. */

/** Start column and direction (-1 left, 1 right) of each serve; the frame counter picks one. */
export const SERVES: readonly { column: number; side: number }[] = [
  { column: 78, side: -1 },
  { column: 80, side: 1 },
  { column: 142, side: -1 },
  { column: 16, side: 1 },
];
/** Row at which every serve starts. */
export const SERVE_ROW = 122;
/** Speed of a serve in both directions, in 1/256 pixel per frame. */
export const SERVE_SPEED = 256;

/** Horizontal speed in 1/256 pixel per frame, at `[2 * stage + (steep ? 1 : 0)]`. */
export const SIDE_SPEEDS: Int32Array = Int32Array.of(384, 256, 384, 128, 512, 512, 512, 512, 512, 512);
/** Vertical speed in 1/256 pixel per frame, at `[2 * stage + (steep ? 1 : 0)]`. */
export const RISE_SPEEDS: Int32Array = Int32Array.of(256, 384, 512, 512, 256, 256, 512, 512, 864, 864);
/** Maximum horizontal speed, in 1/256 pixel per frame. */
export const MAX_SIDE_SPEED = 512;
/** Maximum vertical speed, in 1/256 pixel per frame. */
export const MAX_RISE_SPEED = 864;
/** The speed stage that a brick of the three upper rows triggers. */
export const FAST_STAGE = 4;
/** Number of paddle hits at which counting stops. */
export const MAX_HITS = 12;

/** Speed stage, 0 to 3, after a number of paddle hits since the serve: it changes at 4, 8 and 12. */
export function stageAfter(hits: number): number {
  return hits >> 2;
}

/** The parts of the paddle, which determine direction and angle of the ball. */
export const Part = { flatLeft: 0, steepLeft: 1, steepRight: 2, flatRight: 3 } as const;

// From one pixel left of the paddle to its last column.
const PARTS: Readonly<Record<number, string>> = {
  16: "00011111222233333",
  12: "0111112222333",
  8: "011122332",
};

/**
 * The part of the paddle under the ball, or -1 if the ball misses it.
 *
 * @param offset column of the ball minus column of the paddle
 * @param width width of the paddle: 16, 12 or 8
 */
export function partAt(offset: number, width: number): number {
  if (offset < -1 || offset >= width) return -1;
  return PARTS[width].charCodeAt(offset + 1) - 48;
}

/** Offset, as in {@link partAt}, of the one position in the middle that also shifts the ball. */
export function middleOf(width: number): number {
  return (width >> 1) - 2;
}

/** Columns by which the middle moves the ball back, so that it does not bounce in one place for ever. */
export const MIDDLE_SHIFT = 4;
