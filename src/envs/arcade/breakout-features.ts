/** Breakout as a feature vector. */

import { MAX_RISE_SPEED, MAX_SIDE_SPEED } from "./breakout-ball.js";
import { BREAKOUT_LIVES, type BreakoutGame } from "./breakout-game.js";
import {
  BALL_HEIGHT,
  BALL_WIDTH,
  BRICK_COUNT,
  FIELD_LEFT,
  FIELD_RIGHT,
  FIELD_TOP,
  LOST_ROW,
  SUBPIXELS,
} from "./breakout-geometry.js";

/** Indices of the features in the vector. */
export const BreakoutFeature = {
  /** Centre of the paddle: -1 at the left wall, 1 at the right one. */
  paddleX: 0,
  /** Width of the paddle: 1 for 16 pixels, 0 for 12, -1 for 8. */
  paddleWidth: 1,
  /** Horizontal centre of the ball: -1 at the left wall, 1 at the right one; 0 without a ball. */
  ballX: 2,
  /** Vertical centre of the ball: -1 at the ceiling, 1 where it is lost; 0 without a ball. */
  ballY: 3,
  /** 1 while a ball is in play, 0 before a serve. */
  ballInPlay: 4,
  /** Lives left, divided by 5. */
  lives: 5,
  /** First of 108 bricks, row by row from the upper left: 1 if the brick is there, otherwise 0. */
  bricks: 6,
  /** With `velocity: true` only: horizontal velocity, right positive, divided by its maximum of 2 pixels per frame. */
  velocityX: 6 + BRICK_COUNT,
  /** With `velocity: true` only: downward velocity, divided by its maximum of 3.375 pixels per frame. */
  velocityY: 7 + BRICK_COUNT,
} as const;

/** Number of features: 114, or 116 with the velocity. */
export function breakoutFeatureCount(velocity: boolean): number {
  return 6 + BRICK_COUNT + (velocity ? 2 : 0);
}

/**
 * Writes the features of a game, all within [-1, 1].
 *
 * @param features `[114]`, or `[116]` including the velocity
 */
export function writeBreakoutFeatures(game: BreakoutGame, features: Float32Array): void {
  const { bricks } = game.wall;
  const at = BreakoutFeature;
  features[at.paddleX] = across(game.paddle + game.paddleWidth / 2);
  features[at.paddleWidth] = (game.paddleWidth - 12) / 4;
  features[at.ballX] = game.inPlay ? across(game.x / SUBPIXELS + BALL_WIDTH / 2) : 0;
  features[at.ballY] = game.inPlay ? down(game.y / SUBPIXELS + BALL_HEIGHT / 2) : 0;
  features[at.ballInPlay] = game.inPlay ? 1 : 0;
  features[at.lives] = game.lives / BREAKOUT_LIVES;
  for (let i = 0; i < BRICK_COUNT; i++) features[at.bricks + i] = bricks[i];
  if (features.length <= at.velocityX) return;
  features[at.velocityX] = game.velocityX / MAX_SIDE_SPEED;
  features[at.velocityY] = game.velocityY / MAX_RISE_SPEED;
}

function across(column: number): number {
  return clamp((2 * (column - FIELD_LEFT)) / (FIELD_RIGHT - FIELD_LEFT) - 1);
}

function down(row: number): number {
  return clamp((2 * (row - FIELD_TOP)) / (LOST_ROW - FIELD_TOP) - 1);
}

function clamp(value: number): number {
  return Math.min(Math.max(value, -1), 1);
}
