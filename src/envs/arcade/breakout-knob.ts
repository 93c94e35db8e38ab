/** The rotary controller that moves the paddle. */

import { PADDLE_MAX, PADDLE_MIN } from "./breakout-geometry.js";

const LOWEST = 27450;
const HIGHEST = 790196;
const TURN = 23000;

/** Resistance of the knob in the middle of its range, where every episode starts. */
export const KNOB_MIDDLE: number = Math.floor((LOWEST + HIGHEST) / 2);
/** Paddle position with the knob in the middle. */
export const PADDLE_START = 99;

// The game counts scan lines while the knob's capacitor charges: two per 7983.2 ohm, but with gaps
// where it draws something else, and nothing below 12.
const LINE_PAIR = 7983.2;
const READINGS: readonly { from: number; first: number; last: number }[] = [
  { from: 396219, first: 86, last: 184 },
  { from: 251156, first: 50, last: 84 },
  { from: 152732, first: 26, last: 48 },
  { from: 92858, first: 12, last: 24 },
];

/**
 * Resistance of the knob after one frame.
 *
 * @param knob resistance in ohm
 * @param direction -1 left, 0 still, 1 right
 */
export function turnKnob(knob: number, direction: number): number {
  const turned = knob - direction * TURN;
  return Math.min(Math.max(turned, LOWEST), HIGHEST);
}

/**
 * The paddle position, in columns, for a knob resistance; it may be outside the paddle's range.
 *
 * @param knob resistance in ohm
 */
export function paddleTarget(knob: number): number {
  for (let i = 0; i < READINGS.length; i++) {
    const { from, first, last } = READINGS[i];
    if (knob >= from) return 188 - Math.min(last, first + 2 * Math.floor((knob - from) / LINE_PAIR));
  }
  return 188;
}

/** The paddle's left edge after one frame: half way to the target, within its range. */
export function movePaddle(paddle: number, target: number): number {
  const moved = (paddle + target) >> 1;
  return Math.min(Math.max(moved, PADDLE_MIN), PADDLE_MAX);
}
