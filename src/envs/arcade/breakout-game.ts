/** The rules of Breakout. */

import { InvalidArgumentError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import { type ArcadeGame, PaddleAction } from "./arcade-game.js";
import * as ball from "./breakout-ball.js";
import {
  BALL_HEIGHT,
  BALL_WIDTH,
  BRICK_COLUMNS,
  BRICK_POINTS,
  FIELD_BOTTOM,
  FIELD_LEFT,
  FIELD_RIGHT,
  LOST_ROW,
  PADDLE_HEIGHT,
  PADDLE_TOP,
  SUBPIXELS,
  WALL_POINTS,
} from "./breakout-geometry.js";
import { KNOB_MIDDLE, movePaddle, PADDLE_START, paddleTarget, turnKnob } from "./breakout-knob.js";
import { BreakoutWall } from "./breakout-wall.js";

/** Number of lives at the start. */
export const BREAKOUT_LIVES = 5;

const CEILING_ROW = 33;
const STATE_FIELDS = [
  "clock",
  "lives",
  "score",
  "shownScore",
  "shownLives",
  "knob",
  "target",
  "paddle",
  "x",
  "y",
  "velocityX",
  "velocityY",
  "hits",
] as const;
const STATE_FLAGS = [
  "inPlay",
  "fast",
  "steep",
  "short",
  "throughBricks",
  "throughPaddle",
  "rebuild",
] as const;

/**
 * Breakout's rules, measured frame by frame on the Atari 2600 game: same positions, speeds and
 * scores for the same actions.
 *
 * A ball breaks one brick, then passes through all others until it has touched the paddle or the
 * ceiling. The angle depends on where it meets the paddle. Speeds change with the 4th, 8th and 12th
 * paddle hit, and for the rest of the ball's life once it has touched one of the three upper rows.
 * Touching the ceiling shortens the paddle. When the first wall is gone (432 points) the next paddle
 * hit restores the second; after that one (864 points) the ball continues in an empty field.
 */
export class BreakoutGame implements ArcadeGame {
  /** The wall of bricks. */
  readonly wall: BreakoutWall = new BreakoutWall();
  /** Number of lives left. */
  lives = 0;
  /** Points scored so far. */
  score = 0;
  /** Points on the score line, which is one frame behind. */
  shownScore = 0;
  /** Lives on the score line, which is one frame behind. */
  shownLives = 0;
  /** Column of the paddle's left edge. */
  paddle = PADDLE_START;
  /** Whether a ball is in play; without one FIRE serves. */
  inPlay = false;
  /** Column of the ball's left edge, in 1/256 pixel. */
  x = 0;
  /** Row of the ball's upper edge, in 1/256 pixel, as drawn below the bricks. */
  y = 0;
  /** Horizontal velocity in 1/256 pixel per frame, right positive. */
  velocityX = 0;
  /** Vertical velocity in 1/256 pixel per frame, down positive. */
  velocityY = 0;
  /** Number of frames since the start. */
  clock = 0;
  /** Whether the ball passes through the paddle, because it has just been reflected by it. */
  throughPaddle = false;
  private knob = KNOB_MIDDLE;
  private target = PADDLE_START;
  private hits = 0;
  private fast = false;
  private steep = false;
  private short = false;
  private throughBricks = false;

  private rebuild = false;

  /** @param difficulty 0, or 1 for a paddle that is 4 pixels shorter throughout */
  constructor(readonly difficulty: 0 | 1 = 0) {}

  /** Whether all lives are lost. */
  get over(): boolean {
    return this.lives === 0;
  }

  /** Width of the paddle: 16, or 12 once the ball has touched the ceiling; 4 less on difficulty 1. */
  get paddleWidth(): number {
    return 16 - (this.short ? 4 : 0) - 4 * this.difficulty;
  }

  /** @inheritDoc */
  start(): void {
    this.wall.build();
    this.lives = BREAKOUT_LIVES;
    this.score = 0;
    this.shownScore = 0;
    this.shownLives = BREAKOUT_LIVES;
    this.clock = 0;
    this.knob = KNOB_MIDDLE;
    this.paddle = PADDLE_START;
    this.target = paddleTarget(KNOB_MIDDLE);
    this.x = 0;
    this.y = 0;
    this.rebuild = false;
    this.steep = false;
    this.endBall();
  }

  /** @inheritDoc */
  frame(action: number): number {
    const serve = ball.SERVES[this.clock & 3];
    const rebuild = this.rebuild;
    let points = 0;
    this.clock++;
    this.shownScore = this.score;
    this.shownLives = this.lives;
    this.rebuild = false;
    if (!this.inPlay) {
      if (action === PaddleAction.fire) this.serve(serve.column, serve.side);
    } else if (this.y >= LOST_ROW * SUBPIXELS) {
      this.lives--;
      this.endBall();
    } else {
      points = this.fly();
    }
    if (rebuild) this.wall.build();
    this.paddle = movePaddle(this.paddle, this.target);
    const direction = action === PaddleAction.right ? 1 : action === PaddleAction.left ? -1 : 0;
    if (direction !== 0) {
      this.knob = turnKnob(this.knob, direction);
      this.target = paddleTarget(this.knob);
    }
    return points;
  }

  /** Copies another game of the same difficulty into this one; faster than its state. */
  copyFrom(game: BreakoutGame): void {
    this.wall.bricks.set(game.wall.bricks);
    for (const field of STATE_FIELDS) this[field] = game[field];
    for (const flag of STATE_FLAGS) this[flag] = game[flag];
  }

  private serve(column: number, side: number): void {
    this.inPlay = true;
    // As in the original, the fractions of a pixel are kept from the previous ball.
    this.x = column * SUBPIXELS + (this.x & (SUBPIXELS - 1));
    this.y = ball.SERVE_ROW * SUBPIXELS + (this.y & (SUBPIXELS - 1));
    this.velocityX = side * ball.SERVE_SPEED;
    this.velocityY = ball.SERVE_SPEED;
  }

  private endBall(): void {
    this.inPlay = false;
    this.velocityX = 0;
    this.velocityY = 0;
    this.hits = 0;
    this.fast = false;
    this.short = false;
    this.throughBricks = false;
    this.throughPaddle = false;
  }

  // Contacts that the last frame showed cause the reflections of this one; then the ball moves.
  private fly(): number {
    const column = Math.floor(this.x / SUBPIXELS);
    const row = Math.floor(this.y / SUBPIXELS);
    let points = 0;
    if (row < PADDLE_TOP + PADDLE_HEIGHT && row + BALL_HEIGHT > PADDLE_TOP && !this.throughPaddle) {
      const offset = column - this.paddle;
      const part = ball.partAt(offset, this.paddleWidth);
      if (part >= 0) this.meetPaddle(part, offset === ball.middleOf(this.paddleWidth));
    } else if (!this.throughBricks) {
      const brick = this.wall.struckBy(column, row);
      if (brick >= 0) points = this.breakBrick(brick);
    }
    // The left wall reaches one row lower than the right one.
    if (column < FIELD_LEFT && row <= FIELD_BOTTOM) this.velocityX = Math.abs(this.velocityX);
    else if (column > FIELD_RIGHT - BALL_WIDTH && row < FIELD_BOTTOM)
      this.velocityX = -Math.abs(this.velocityX);
    if (row <= CEILING_ROW) this.meetCeiling();
    this.x += this.velocityX;
    this.y += this.velocityY;
    return points;
  }

  private meetPaddle(part: number, middle: boolean): void {
    if (middle) this.x -= Math.sign(this.velocityX) * ball.MIDDLE_SHIFT * SUBPIXELS;
    this.hits = Math.min(this.hits + 1, ball.MAX_HITS);
    this.steep = part === ball.Part.steepLeft || part === ball.Part.steepRight;
    this.throughPaddle = true;
    this.throughBricks = false;
    this.rebuild = this.score === WALL_POINTS;
    const toLeft = part === ball.Part.flatLeft || part === ball.Part.steepLeft;
    this.bounce(toLeft);
  }

  private breakBrick(brick: number): number {
    const row = Math.floor(brick / BRICK_COLUMNS);
    const points = BRICK_POINTS[row];
    this.wall.bricks[brick] = 0;
    this.score += points;
    this.throughBricks = true;
    this.throughPaddle = false;
    if (row < 3) this.fast = true;
    this.bounce(this.velocityX < 0);
    return points;
  }

  private bounce(toLeft: boolean): void {
    const stage = this.fast ? ball.FAST_STAGE : ball.stageAfter(this.hits);
    const entry = 2 * stage + (this.steep ? 1 : 0);
    this.velocityX = toLeft ? -ball.SIDE_SPEEDS[entry] : ball.SIDE_SPEEDS[entry];
    this.velocityY = this.velocityY < 0 ? ball.RISE_SPEEDS[entry] : -ball.RISE_SPEEDS[entry];
  }

  private meetCeiling(): void {
    this.velocityY = -this.velocityY;
    this.short = true;
    this.throughBricks = false;
    this.throughPaddle = false;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const state: StateRecord = { bricks: this.wall.bricks.slice() };
    for (const field of STATE_FIELDS) state[field] = this[field];
    for (const flag of STATE_FLAGS) state[flag] = this[flag];
    return state;
  }

  /**
   * @inheritDoc
   * @throws InvalidArgumentError when the state is not from this game
   */
  setState(state: StateRecord): void {
    const { bricks } = state;
    const whole = bricks instanceof Uint8Array && bricks.length === this.wall.bricks.length;
    const numbers = STATE_FIELDS.every((field) => Number.isInteger(state[field]));
    if (!whole || !numbers || !STATE_FLAGS.every((flag) => typeof state[flag] === "boolean")) {
      throw new InvalidArgumentError("state", "expected what getState() of a Breakout game returned");
    }
    this.wall.bricks.set(bricks);
    for (const field of STATE_FIELDS) this[field] = state[field] as number;
    for (const flag of STATE_FLAGS) this[flag] = state[flag] as boolean;
  }
}
