/** Renders a game of Space Invaders. */

import { DIGIT_BLOCKS, digitBlock } from "./digits.js";
import { type Colour, Raster } from "./raster.js";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./screen-size.js";
import {
  BLAST_FRAMES,
  MOTHERSHIP_BLAST_FRAMES,
  type SpaceInvadersGame,
  SpaceInvadersPhase,
} from "./space-invaders-game.js";
import {
  COLUMN_PITCH,
  GROUND_TOP,
  GUN_TOP,
  INVADER_COLUMNS,
  INVADER_ROWS,
  MOTHERSHIP_TOP,
  SHIELD_COLUMNS,
  SHIELD_ROWS,
  SHIELD_WIDTH,
  SHOT_HEIGHT,
  SKY_BOTTOM,
} from "./space-invaders-geometry.js";
import { InvaderShields } from "./space-invaders-shields.js";
import type { Sprite } from "./space-invaders-sprites.js";
import * as sprites from "./space-invaders-sprites.js";

const GREEN = 0x328432;
const AMBER = 0xa28638;
const OLIVE = 0x86861d;
const PURPLE = 0x97197a;
const ORANGE = 0xb55328;
const GRAY = 0x8e8e8e;
const EARTH = 0x505916;

const SCORE_TOP = 10;
const SCORE_COLUMNS = [4, 20, 36, 52] as const;
const OTHER_SCORE_COLUMNS = [84, 100, 116, 132] as const;
const LIVES_COLUMN = 84;
const DIGIT_WIDTH = 4;
// The ground's first two rows begin slightly to the right, and have a mark at each end of the gun's range.
const GROUND_STARTS = [10, 8] as const;
const MARKS = { top: 196, height: 5, width: 2, left: 33, right: 122 } as const;

const BLINK_FRAMES = 8;
const GUN_FLICKER_FRAMES = 4;
const BLAST_SPARK_FRAMES = 4;
const BLAST_SCENE_FRAMES = 8;

/** The lit pixels of a sprite, as offsets into the frame's bytes. */
type Stamp = Uint16Array;

function stampOf(sprite: Sprite): Stamp {
  const offsets = sprite.flatMap((line, row) =>
    [...line].flatMap((letter, column) => (letter === "#" ? [(row * SCREEN_WIDTH + column) * 3] : [])),
  );
  return Uint16Array.from(offsets);
}

const INVADERS = sprites.INVADERS.map((poses) => poses.map(stampOf));
const INVADER_BLAST = sprites.INVADER_BLAST.map(stampOf);
const MOTHERSHIP = stampOf(sprites.MOTHERSHIP);
const MOTHERSHIP_BLAST = sprites.MOTHERSHIP_BLAST.map(stampOf);
const GUN = stampOf(sprites.GUN);
const GUN_BLAST = sprites.GUN_BLAST.map(stampOf);

/**
 * Renders a game. As in the original, missiles are drawn in even frames only and bombs in odd ones, so a
 * single frame does not show everything.
 */
export class SpaceInvadersScreen {
  private readonly raster = new Raster(SCREEN_HEIGHT, SCREEN_WIDTH);

  constructor() {
    const { raster } = this;
    raster.fill(GROUND_TOP, 0, SCREEN_HEIGHT - GROUND_TOP, SCREEN_WIDTH, EARTH);
    for (const [row, width] of GROUND_STARTS.entries()) raster.fill(GROUND_TOP + row, 0, 1, width, 0);
    raster.fill(MARKS.top, MARKS.left, MARKS.height, MARKS.width, GREEN);
    raster.fill(MARKS.top, MARKS.right, MARKS.height, MARKS.width, AMBER);
  }

  /** The frame, `[210, 160, 3]`; {@link SpaceInvadersScreen.draw} overwrites it. */
  get data(): Uint8Array {
    return this.raster.data;
  }

  /** Draws the current frame. */
  draw(game: SpaceInvadersGame): void {
    this.data.fill(0, 0, GROUND_TOP * SCREEN_WIDTH * 3);
    if (game.mothership >= 0) this.drawMothership(game);
    else this.drawScore(game.score);
    this.drawInvaders(game);
    if (game.shielded) this.drawShields(game.shields.blocks);
    this.drawGun(game);
    this.drawShots(game);
  }

  private stamp(stamp: Stamp, row: number, column: number, colour: Colour): void {
    const { data } = this.raster;
    const origin = (row * SCREEN_WIDTH + column) * 3;
    const red = colour >> 16;
    const green = (colour >> 8) & 255;
    const blue = colour & 255;
    for (let i = 0; i < stamp.length; i++) {
      const at = origin + stamp[i];
      data[at] = red;
      data[at + 1] = green;
      data[at + 2] = blue;
    }
  }

  // Adjacent digits share the rows between them: the outer ones have the even rows, the inner ones the odd.
  private drawScore(score: number): void {
    for (let i = 0; i < SCORE_COLUMNS.length; i++) {
      const digit = Math.floor(score / 10 ** (SCORE_COLUMNS.length - 1 - i)) % 10;
      const top = SCORE_TOP + (i === 1 || i === 2 ? 1 : 0);
      this.drawDigit(digit, top, SCORE_COLUMNS[i], 1, GREEN);
      this.drawDigit(0, top, OTHER_SCORE_COLUMNS[i], 1, AMBER);
    }
  }

  private drawDigit(digit: number, top: number, left: number, height: number, colour: Colour): void {
    for (let row = 0; row < DIGIT_BLOCKS.rows; row++) {
      for (let column = 0; column < DIGIT_BLOCKS.columns; column++) {
        if (!digitBlock(digit, row, column)) continue;
        this.raster.fill(top + 2 * row, left + DIGIT_WIDTH * column, height, DIGIT_WIDTH, colour);
      }
    }
  }

  private drawMothership({ mothership, mothershipBlast: blast }: SpaceInvadersGame): void {
    if (blast === 0 || blast === MOTHERSHIP_BLAST_FRAMES) {
      this.stamp(MOTHERSHIP, MOTHERSHIP_TOP, mothership, PURPLE);
    } else {
      const scene = MOTHERSHIP_BLAST[Math.floor(blast / BLAST_SCENE_FRAMES) & 1];
      this.stamp(scene, MOTHERSHIP_TOP - 1, mothership, PURPLE);
    }
  }

  private drawInvaders(game: SpaceInvadersGame): void {
    const { formation, blast } = game;
    for (let row = 0; row < INVADER_ROWS; row++) {
      if (formation.rows[row] === 0) continue;
      const invader = INVADERS[row][formation.pose];
      const top = formation.rowTop(row);
      for (let column = 0; column < INVADER_COLUMNS; column++) {
        if (!formation.has(row, column)) continue;
        this.stamp(invader, top, formation.left + COLUMN_PITCH * column, OLIVE);
      }
    }
    if (blast === 0) return;
    const top = formation.rowTop(game.blastRow);
    this.stamp(blastScene(game), top, formation.left + game.blastColumn, OLIVE);
  }

  private drawShields(blocks: Uint8Array): void {
    let block = 0;
    for (const left of SHIELD_COLUMNS) {
      for (let row = 0; row < SHIELD_ROWS; row++) {
        const top = InvaderShields.rowTop(row);
        for (let column = left; column < left + SHIELD_WIDTH; column++) {
          if (blocks[block++] === 0) continue;
          this.raster.set(top, column, ORANGE);
          this.raster.set(top + 1, column, ORANGE);
        }
      }
    }
  }

  private drawGun({ phase, timer, gun, lives }: SpaceInvadersGame): void {
    if (phase === SpaceInvadersPhase.ready || phase === SpaceInvadersPhase.over) {
      this.drawDigit(lives, GUN_TOP, LIVES_COLUMN, 2, AMBER);
    }
    if (phase === SpaceInvadersPhase.dying) {
      this.stamp(GUN_BLAST[Math.floor(timer / GUN_FLICKER_FRAMES) & 1], GUN_TOP, gun, GREEN);
    } else if (phase !== SpaceInvadersPhase.ready || (Math.floor(timer / BLINK_FRAMES) & 1) === 1) {
      this.stamp(GUN, GUN_TOP, gun, GREEN);
    }
  }

  private drawShots(game: SpaceInvadersGame): void {
    if ((game.clock & 1) === 0) {
      if (game.missileRow > 0) this.drawShot(game.missileRow, game.missileColumn);
      return;
    }
    for (let bomb = 0; bomb < game.bombRows.length; bomb++) {
      if (game.bombRows[bomb] === 0) continue;
      this.drawShot(game.bombBottom(bomb) - SHOT_HEIGHT + 1, game.bombColumns[bomb]);
    }
  }

  private drawShot(top: number, column: number): void {
    const first = Math.max(top, SKY_BOTTOM);
    const end = Math.min(top + SHOT_HEIGHT, GROUND_TOP);
    for (let row = first; row < end; row++) this.raster.set(row, column, GRAY);
  }
}

// The frame of the hit still shows the invader; then come spark, splinters, cloud, splinters.
function blastScene({ blast, blastRow, formation }: SpaceInvadersGame): Stamp {
  if (blast === BLAST_FRAMES) return INVADERS[blastRow][formation.pose];
  if (blast > BLAST_FRAMES - BLAST_SPARK_FRAMES) return INVADER_BLAST[0];
  return INVADER_BLAST[(Math.ceil(blast / BLAST_SCENE_FRAMES) & 1) + 1];
}
