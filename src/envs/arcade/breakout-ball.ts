/** How fast the Breakout ball flies, and what the paddle does to it. */

/** Where each serve starts and to which side (-1 left, 1 right) it flies; the frame counter picks one. */
export const SERVES: readonly { column: number; side: number }[] = [
  { column: 78, side: -1 },
  { column: 80, side: 1 },
  { column: 142, side: -1 },
  { column: 16, side: 1 },
];
/** Row at which every serve starts. */
export const SERVE_ROW = 122;
/** Speed of a serve in both directions, in 1/256 pixel a frame. */
export const SERVE_SPEED = 256;

/** Sideways speed in 1/256 pixel a frame, at `[2 * stage + (steep ? 1 : 0)]`. */
export const SIDE_SPEEDS: Int32Array = Int32Array.of(384, 256, 384, 128, 512, 512, 512, 512, 512, 512);
/** Speed up or down in 1/256 pixel a frame, at `[2 * stage + (steep ? 1 : 0)]`. */
export const RISE_SPEEDS: Int32Array = Int32Array.of(256, 384, 512, 512, 256, 256, 512, 512, 864, 864);
/** Greatest sideways speed, in 1/256 pixel a frame. */
export const MAX_SIDE_SPEED = 512;
/** Greatest speed up or down, in 1/256 pixel a frame. */
export const MAX_RISE_SPEED = 864;
/** The stage that a brick of the three upper rows sets off. */
export const FAST_STAGE = 4;
/** Paddle hits at which the count stops. */
export const MAX_HITS = 12;

/** Stage of speed, 0 to 3, after a number of paddle hits since the serve: it changes at 4, 8 and 12. */
export function stageAfter(hits: number): number {
  return hits >> 2;
}

/** The part of the paddle that the ball touches: it decides side and slope. */
export const Part = { flatLeft: 0, steepLeft: 1, steepRight: 2, flatRight: 3 } as const;

// From the ball one pixel left of the paddle to the ball on its last column.
const PARTS: Readonly<Record<number, string>> = {
  16: "00011111222233333",
  12: "0111112222333",
  8: "011122332",
};

/**
 * The part of the paddle under the ball, or -1 beside it.
 *
 * @param offset column of the ball minus column of the paddle
 * @param width of the paddle: 16, 12 or 8
 */
export function partAt(offset: number, width: number): number {
  if (offset < -1 || offset >= width) return -1;
  return PARTS[width].charCodeAt(offset + 1) - 48;
}

/** Offset, as in {@link partAt}, of the one spot in the middle that also shifts the ball. */
export function middleOf(width: number): number {
  return (width >> 1) - 2;
}

/** Columns by which the middle moves the ball back; this keeps it from bouncing on one spot for ever. */
export const MIDDLE_SHIFT = 4;
