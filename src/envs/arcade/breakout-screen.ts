/** Renders a Breakout game. */

import type { BreakoutGame } from "./breakout-game.js";
import {
  BALL_HEIGHT,
  BALL_WIDTH,
  BRICK_COLUMNS,
  BRICK_COUNT,
  BRICK_HEIGHT,
  BRICK_WIDTH,
  BRICKS_BOTTOM,
  BRICKS_TOP,
  FIELD_BOTTOM,
  FIELD_LEFT,
  FIELD_RIGHT,
  FIELD_TOP,
  PADDLE_HEIGHT,
  PADDLE_TOP,
  SUBPIXELS,
} from "./breakout-geometry.js";
import { DIGIT_BLOCKS, digitBlock } from "./digits.js";
import { type Colour, Raster } from "./raster.js";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./screen-size.js";

/** Colours of the brick rows from the top, as `0xRRGGBB`. */
export const BRICK_COLOURS: readonly Colour[] = [0xc84848, 0xc66c3a, 0xb47a30, 0xa2a22a, 0x48a048, 0x4248c8];
const GRAY = 0x8e8e8e;
const RED = 0xc84848;
const GREEN = 0x429e82;
const BLACK = 0;
const WALL_TOP = 17;
const DIGITS_TOP = 5;
const SCORE_COLUMNS = [36, 52, 68] as const;
const LIVES_COLUMN = 100;
const PLAYERS_COLUMN = 132;
// In the last row the ball is only visible on the left: how far depends on whether its row is even or odd.
const LAST_ROW_ENDS = [46, 56] as const;
const BLOCK = { height: 2, width: 4 } as const;

/** Renders a game; later calls only redraw changes. */
export class BreakoutScreen {
  private readonly raster = new Raster(SCREEN_HEIGHT, SCREEN_WIDTH);
  private readonly bricks = new Uint8Array(BRICK_COUNT);
  private score = -1;
  private lives = -1;
  private paddle = 0;
  private paddleWidth = 0;
  private ballColumn = 0;
  private ballRow = SCREEN_HEIGHT;

  constructor() {
    const { raster } = this;
    raster.fill(WALL_TOP, 0, FIELD_TOP - WALL_TOP, SCREEN_WIDTH, GRAY);
    raster.fill(FIELD_TOP, 0, PADDLE_TOP - FIELD_TOP, FIELD_LEFT, GRAY);
    raster.fill(FIELD_TOP, FIELD_RIGHT, PADDLE_TOP - FIELD_TOP, SCREEN_WIDTH - FIELD_RIGHT, GRAY);
    raster.fill(PADDLE_TOP, 0, FIELD_BOTTOM + 1 - PADDLE_TOP, FIELD_LEFT, GREEN);
    raster.fill(PADDLE_TOP, FIELD_RIGHT, FIELD_BOTTOM - PADDLE_TOP, SCREEN_WIDTH - FIELD_RIGHT, RED);
    this.drawDigit(1, PLAYERS_COLUMN);
  }

  /** The frame, `[210, 160, 3]`; {@link BreakoutScreen.draw} overwrites it. */
  get data(): Uint8Array {
    return this.raster.data;
  }

  /** Redraws what has changed. */
  draw(game: BreakoutGame): void {
    this.drawScore(game);
    this.drawBricks(game.wall.bricks);
    this.drawPaddle(game.paddle, game.paddleWidth);
    this.drawBall(game);
  }

  private drawScore({ shownScore: score, shownLives: lives }: BreakoutGame): void {
    if (score !== this.score) {
      this.drawDigit(Math.floor(score / 100), SCORE_COLUMNS[0]);
      this.drawDigit(Math.floor(score / 10) % 10, SCORE_COLUMNS[1]);
      this.drawDigit(score % 10, SCORE_COLUMNS[2]);
      this.score = score;
    }
    if (lives !== this.lives) this.drawDigit(lives, LIVES_COLUMN);
    this.lives = lives;
  }

  private drawDigit(digit: number, left: number): void {
    const { height, width } = BLOCK;
    for (let row = 0; row < DIGIT_BLOCKS.rows; row++) {
      for (let column = 0; column < DIGIT_BLOCKS.columns; column++) {
        const colour = digitBlock(digit, row, column) ? GRAY : BLACK;
        this.raster.fill(DIGITS_TOP + row * height, left + column * width, height, width, colour);
      }
    }
  }

  private drawBricks(bricks: Uint8Array): void {
    for (let i = 0; i < BRICK_COUNT; i++) {
      if (bricks[i] === this.bricks[i]) continue;
      const row = Math.floor(i / BRICK_COLUMNS);
      const top = BRICKS_TOP + row * BRICK_HEIGHT;
      const left = FIELD_LEFT + (i % BRICK_COLUMNS) * BRICK_WIDTH;
      this.raster.fill(top, left, BRICK_HEIGHT, BRICK_WIDTH, bricks[i] === 1 ? BRICK_COLOURS[row] : BLACK);
      this.bricks[i] = bricks[i];
    }
  }

  private drawPaddle(paddle: number, width: number): void {
    if (paddle === this.paddle && width === this.paddleWidth) return;
    this.fillPaddle(BLACK);
    this.paddle = paddle;
    this.paddleWidth = width;
    this.fillPaddle(RED);
  }

  private fillPaddle(colour: Colour): void {
    const width = Math.min(this.paddleWidth, FIELD_RIGHT - this.paddle);
    this.raster.fill(PADDLE_TOP, this.paddle, PADDLE_HEIGHT, width, colour);
  }

  // Rows above the lower edge of the bricks show the ball one row higher, so across the edge it is longer.
  private drawBall(game: BreakoutGame): void {
    this.paintBall(true);
    this.ballColumn = Math.floor(game.x / SUBPIXELS);
    this.ballRow = game.inPlay ? Math.floor(game.y / SUBPIXELS) : SCREEN_HEIGHT;
    this.paintBall(false);
  }

  private paintBall(erase: boolean): void {
    const last = Math.min(this.ballRow + BALL_HEIGHT - 1, FIELD_BOTTOM);
    for (let row = Math.max(this.ballRow - 1, FIELD_TOP); row <= last; row++) {
      const shown = row < BRICKS_BOTTOM ? row + 1 : row;
      if (shown < this.ballRow || shown >= this.ballRow + BALL_HEIGHT) continue;
      const end = row === FIELD_BOTTOM ? LAST_ROW_ENDS[this.ballRow & 1] : FIELD_RIGHT;
      for (let column = this.ballColumn; column < this.ballColumn + BALL_WIDTH; column++) {
        if (column < FIELD_LEFT || column >= end) continue;
        this.raster.set(row, column, erase ? this.behind(row, column) : inkAt(row));
      }
    }
  }

  private behind(row: number, column: number): Colour {
    const line = Math.floor((row - BRICKS_TOP) / BRICK_HEIGHT);
    if (row >= BRICKS_TOP && row < BRICKS_BOTTOM) {
      const brick = line * BRICK_COLUMNS + Math.floor((column - FIELD_LEFT) / BRICK_WIDTH);
      return this.bricks[brick] === 1 ? BRICK_COLOURS[line] : BLACK;
    }
    const onPaddle = row >= PADDLE_TOP && row < PADDLE_TOP + PADDLE_HEIGHT;
    const covered = column >= this.paddle && column < this.paddle + this.paddleWidth;
    return onPaddle && covered ? RED : BLACK;
  }
}

// The ball takes the colour of the rows it crosses.
function inkAt(row: number): Colour {
  if (row < BRICKS_TOP) return GRAY;
  return row < BRICKS_BOTTOM ? BRICK_COLOURS[Math.floor((row - BRICKS_TOP) / BRICK_HEIGHT)] : RED;
}
