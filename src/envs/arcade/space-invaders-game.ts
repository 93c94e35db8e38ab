/** The rules of Space Invaders. */

import { InvalidArgumentError } from "../../core/errors.js";
import type { StateRecord } from "../../core/state.js";
import type { ArcadeGame } from "./arcade-game.js";
import { BEAT, FORMATION_FIELDS, InvaderFormation } from "./space-invaders-formation.js";
import {
  COLUMN_PITCH,
  GROUND_TOP,
  GUN_LEFT,
  GUN_RIGHT,
  GUN_TOP,
  INVADER_COLUMNS,
  INVADER_POINTS,
  INVADER_ROWS,
  MOTHERSHIP_LEFT,
  MOTHERSHIP_POINTS,
  MOTHERSHIP_RIGHT,
  ROW_PITCH,
  SHIP_WIDTH,
  SHOT_HEIGHT,
  SKY_BOTTOM,
} from "./space-invaders-geometry.js";
import { InvaderShields, SHIELD_BLOCKS } from "./space-invaders-shields.js";
import { GUN, MOTHERSHIP } from "./space-invaders-sprites.js";

/** Actions of the games with a gun, in the order of ALE's minimal set. */
export const GUN_ACTIONS: readonly string[] = ["NOOP", "FIRE", "RIGHT", "LEFT", "RIGHTFIRE", "LEFTFIRE"];
/** Indices of {@link GUN_ACTIONS}. */
export const GunAction = { noop: 0, fire: 1, right: 2, left: 3, rightFire: 4, leftFire: 5 } as const;

/** Number of lives at the start. */
export const SPACE_INVADERS_LIVES = 3;

/** Phases of a game of Space Invaders. */
export const SpaceInvadersPhase = {
  /** The gun blinks before a life or a wave begins. */
  ready: 0,
  /** The battle is on. */
  battle: 1,
  /** The gun was hit. */
  dying: 2,
  /** No invader is left. */
  cleared: 3,
  /** The last life is lost, or the invaders have landed. */
  over: 4,
} as const;

/** Number of frames for which the gun blinks. */
const READY_FRAMES = 64;
/** Number of frames for which a hit gun burns. */
const DYING_FRAMES = 128;
/** Number of frames for which a hit invader's remains are visible. */
export const BLAST_FRAMES = 28;
/** Number of frames for which a hit mothership's remains are visible. */
export const MOTHERSHIP_BLAST_FRAMES = 26;

const FIRST_READY_FRAMES = 129;
const CLEARED_FRAMES = 97;
const FIRST_RANDOM = 21;

const MUZZLE_ROW = 174;
const MISSILE_SPEED = 4;
const MISSILE_GONE = 8;
// First rows at which a missile meets the mothership's outer columns, and the others.
const MOTHERSHIP_EDGE_ROW = 18;
const MOTHERSHIP_ROW = 22;
const BURST_FRAMES = 8;

const BOMB_SPEED = 2;
const BOMB_START = 118;
const BOMB_GONE = 216;
// Minimum number of rows between two bombs.
const BOMB_GAP = 32;
// A bomb is a row longer among the shields, and needs to be a row lower to touch the gun.
const BOMB_TIP = 11;
const BOMB_LOW = 144;
const MUZZLE = 3;

const CLOCK_CYCLE = 256;
const MOTHERSHIP_CYCLES = 4;
const MOTHERSHIP_STEP_FRAMES = 4;

// Random numbers below this aim a bomb at the gun; the others drop it from one of these columns.
const AIMED_BELOW = 128;
const BOMB_COLUMNS = [
  1, 3, 5, 5, 2, 4, 3, 0, 3, 5, 4, 1, 4, 1, 0, 2, 5, 2, 1, 3, 0, 0, 2, 4, 0, 1, 3, 5, 0, 2, 4, 5,
];
// Offset from the gun's left edge where "in front of the gun" begins.
const AIM_SHIFT = 2;

// First lit rows of the gun, column by column.
const GUN_EDGES = Array.from(
  { length: SHIP_WIDTH },
  (_, x) => GUN_TOP + GUN.findIndex((row) => row[x] === "#"),
);
// The mothership's lowest columns are hit first.
const MOTHERSHIP_EDGES = Array.from({ length: SHIP_WIDTH }, (_, x) =>
  MOTHERSHIP[MOTHERSHIP.length - 2][x] === "#" ? MOTHERSHIP_ROW : MOTHERSHIP_EDGE_ROW,
);

const STATE_FIELDS = [
  "clock",
  "phase",
  "timer",
  "random",
  "lives",
  "score",
  "wave",
  "gun",
  "missileColumn",
  "missileRow",
  "burst",
  "mothership",
  "mothershipDirection",
  "mothershipWait",
  "mothershipBlast",
  "blast",
  "blastRow",
  "blastColumn",
] as const;

/**
 * Space Invaders' rules, measured on the Atari 2600 game: the same formation and march, shots, pauses
 * and scores.
 *
 * The gun moves a column every other frame and has one missile at a time. Up to two bombs fall, half of
 * them aimed at the gun. The fewer invaders are left, the faster they march. When all are shot, the next wave
 * starts lower. A mothership crosses the sky now and then. The game is over with the last life,
 * or when the invaders land. The only randomness is a generator of 256 numbers that always starts in the same state.
 */
export class SpaceInvadersGame implements ArcadeGame {
  /** The formation of invaders. */
  readonly formation: InvaderFormation = new InvaderFormation();
  /** The shields. */
  readonly shields: InvaderShields = new InvaderShields();
  /** Columns of the bombs. */
  readonly bombColumns: Int32Array = new Int32Array(2);
  /** Rows that the bombs have fallen; 0 without a bomb. {@link SpaceInvadersGame.bombBottom} returns the screen row. */
  readonly bombRows: Int32Array = new Int32Array(2);
  /** Number of frames since the start. */
  clock = 0;
  /** Current phase, one of {@link SpaceInvadersPhase}. */
  phase: number = SpaceInvadersPhase.over;
  /** Frames left in the phase; in battle it counts from 255 to 0 repeatedly and times the events. */
  timer = 0;
  /** Number of lives left. */
  lives = 0;
  /** Points scored so far. */
  score = 0;
  /** Number of waves cleared. */
  wave = 0;
  /** Column of the gun's left edge. */
  gun = GUN_LEFT;
  /** Column of the missile. */
  missileColumn = 0;
  /** First row of the missile; 0 without one. */
  missileRow = 0;
  /** Frames until a missile that has burst on a shield can be replaced. */
  burst = 0;
  /** Column of the mothership's left edge; -1 without one. */
  mothership = -1;
  /** Direction of the mothership: 1 to the right, -1 to the left. */
  mothershipDirection = 1;
  /** Frames for which the remains of a mothership are still visible. */
  mothershipBlast = 0;
  /** Frames for which the remains of an invader are still visible. */
  blast = 0;
  /** Row of the remains in the formation. */
  blastRow = 0;
  /** Screen column of the remains' left edge, relative to that of the formation. */
  blastColumn = 0;
  private mothershipWait = MOTHERSHIP_CYCLES;
  private random = FIRST_RANDOM;
  private readonly draw = (): number => {
    this.random = (5 * this.random + 89) & 255;
    return this.random;
  };

  /** Whether the last life is lost or the invaders have landed. */
  get over(): boolean {
    return this.phase === SpaceInvadersPhase.over;
  }

  /** Whether the shields are left: they are removed once the invaders reach them. */
  get shielded(): boolean {
    return !this.formation.amongShields;
  }

  /** @inheritDoc */
  start(): void {
    this.clock = 0;
    this.lives = SPACE_INVADERS_LIVES;
    this.score = 0;
    this.wave = 0;
    this.random = FIRST_RANDOM;
    this.startWave();
    this.timer = FIRST_READY_FRAMES;
  }

  /** @inheritDoc */
  frame(action: number): number {
    if (this.phase === SpaceInvadersPhase.over) return 0;
    const before = this.score;
    this.clock++;
    this.timer--;
    if (this.blast > 0) this.blast--;
    if (this.mothershipBlast > 0) this.mothershipBlast--;
    const odd = (this.clock & 1) === 1;
    if (odd) this.bombsTurn();
    else this.missilesTurn(action);
    if (odd) this.closeUp();
    this.keepTime();
    if (odd) this.gunsTurn(action);
    return this.score - before;
  }

  /**
   * Last screen row of a bomb.
   *
   * @param bomb 0 or 1
   */
  bombBottom(bomb: number): number {
    const row = this.bombRows[bomb];
    return row + BOMB_TIP + (row >= BOMB_LOW ? 1 : 0);
  }

  // Bombs are dropped, drawn and tested for hits in odd frames, but none is dropped when the clock reaches 0.
  private bombsTurn(): void {
    const { bombRows } = this;
    if (bombRows[0] === 0 && bombRows[1] > 0) this.moveBomb(1, 0);
    else if (bombRows[1] === 0 && this.phase === SpaceInvadersPhase.battle && this.timer !== 0)
      this.dropBomb();
    if (this.bombRows[0] > 0) this.checkBombHit(0);
    if (this.bombRows[1] > 0) this.checkBombHit(1);
  }

  // The gun and its missile move in odd frames.
  private gunsTurn(action: number): void {
    if (this.phase === SpaceInvadersPhase.battle || this.phase === SpaceInvadersPhase.cleared)
      this.moveGun(action);
    if (this.missileRow > 0) {
      this.missileRow -= MISSILE_SPEED;
      if (this.missileRow <= MISSILE_GONE) this.missileRow = 0;
    }
    if (this.burst > 0) this.burst -= 2;
  }

  // Missiles are fired, drawn and tested for hits in even frames, in which the bombs fall.
  private missilesTurn(action: number): void {
    this.draw();
    const fires = action === GunAction.fire || action >= GunAction.rightFire;
    if (fires && this.phase === SpaceInvadersPhase.battle && this.missileRow === 0 && this.burst === 0) {
      this.missileColumn = this.gun + MUZZLE + 1;
      this.missileRow = MUZZLE_ROW;
    }
    if (this.missileRow > 0) this.checkMissileHit();
    this.fallBomb(0);
    this.fallBomb(1);
  }

  private moveGun(action: number): void {
    if (action === GunAction.right || action === GunAction.rightFire) {
      if (this.gun < GUN_RIGHT) this.gun++;
    } else if (action === GunAction.left || action === GunAction.leftFire) {
      if (this.gun > GUN_LEFT) this.gun--;
    }
  }

  private dropBomb(): void {
    const { bombRows, bombColumns, formation } = this;
    const drawn = this.draw();
    const toRight = drawn < AIMED_BELOW && (drawn & 16) === 0;
    const wanted = drawn < AIMED_BELOW ? this.columnAhead(toRight) : BOMB_COLUMNS[drawn & 31];
    const column = formation.nearestColumn(wanted, toRight);
    const start = BOMB_START + formation.down - ROW_PITCH * formation.lowestIn(column);
    // The first bomb is the higher one.
    const lower = bombRows[0] > 0 && start >= bombRows[0] + BOMB_GAP;
    if (bombRows[0] > 0 && bombRows[0] < start + BOMB_GAP && !lower) return;
    if (!lower) this.moveBomb(0, 1);
    const bomb = lower ? 1 : 0;
    bombRows[bomb] = start;
    bombColumns[bomb] = formation.left + COLUMN_PITCH * column + MUZZLE;
  }

  private moveBomb(from: number, to: number): void {
    this.bombRows[to] = this.bombRows[from];
    this.bombColumns[to] = this.bombColumns[from];
    this.bombRows[from] = 0;
  }

  // The formation's column in front of the gun, or the next one to the right.
  private columnAhead(next: boolean): number {
    const place = (this.gun + AIM_SHIFT - this.formation.left) >> 4;
    return Math.min(Math.max(place + (next ? 1 : 0), 0), this.formation.width - 1);
  }

  private checkBombHit(bomb: number): void {
    const bottom = this.bombBottom(bomb);
    const column = this.bombColumns[bomb];
    const top = bottom - SHOT_HEIGHT + 1;
    if (this.shielded) {
      const block = this.shields.met(column, top, bottom, false);
      if (block >= 0) {
        this.shields.erode(block, false, this.draw);
        this.bombRows[bomb] = 0;
        return;
      }
    }
    const offset = column - this.gun;
    const reaches = offset >= 0 && offset < SHIP_WIDTH && bottom + 1 >= GUN_EDGES[offset] && top < GROUND_TOP;
    if (reaches && this.phase === SpaceInvadersPhase.battle) {
      this.phase = SpaceInvadersPhase.dying;
      this.timer = DYING_FRAMES;
    }
  }

  private fallBomb(bomb: number): void {
    const { bombRows } = this;
    if (bombRows[bomb] === 0) return;
    bombRows[bomb] += BOMB_SPEED;
    if (bombRows[bomb] >= BOMB_GONE) bombRows[bomb] = 0;
  }

  private checkMissileHit(): void {
    const { missileColumn, missileRow } = this;
    const bottom = missileRow + SHOT_HEIGHT - 1;
    if (this.shielded) {
      const block = this.shields.met(missileColumn, missileRow, bottom, true);
      if (block >= 0) {
        this.shields.erode(block, true, this.draw);
        this.missileRow = 0;
        this.burst = BURST_FRAMES;
        return;
      }
    }
    if (missileRow <= SKY_BOTTOM) this.checkMothershipHit();
    const touched = this.formation.touched(missileColumn, missileRow + 1, bottom);
    if (touched >= 0) this.hitInvader(Math.floor(touched / INVADER_COLUMNS), touched % INVADER_COLUMNS);
  }

  private checkMothershipHit(): void {
    const offset = this.missileColumn - this.mothership;
    if (this.mothership < 0 || this.mothershipBlast > 0 || offset < 0 || offset >= SHIP_WIDTH) return;
    if (this.missileRow > MOTHERSHIP_EDGES[offset]) return;
    this.score += MOTHERSHIP_POINTS;
    this.mothershipBlast = MOTHERSHIP_BLAST_FRAMES;
  }

  private hitInvader(row: number, column: number): void {
    this.score += INVADER_POINTS[row];
    this.missileRow = 0;
    this.blast = BLAST_FRAMES;
    this.blastRow = row;
    this.blastColumn = COLUMN_PITCH * column;
    this.formation.remove(row, column);
    if (this.formation.count === 0) {
      this.phase = SpaceInvadersPhase.cleared;
      this.timer = CLEARED_FRAMES;
    }
  }

  private keepTime(): void {
    if (this.mothership >= 0) this.flyMothership();
    switch (this.phase) {
      case SpaceInvadersPhase.ready:
        if (this.timer === 0) this.startBattle();
        break;
      case SpaceInvadersPhase.battle:
        this.march();
        break;
      case SpaceInvadersPhase.dying:
        if (this.timer === 0) this.loseLife();
        break;
      case SpaceInvadersPhase.cleared:
        if (this.timer === 0) {
          this.wave++;
          this.startWave();
        }
        break;
    }
  }

  private startWave(): void {
    this.formation.muster(this.wave);
    this.shields.build();
    this.blast = 0;
    this.bombRows.fill(0);
    this.startLife();
  }

  private startLife(): void {
    this.phase = SpaceInvadersPhase.ready;
    this.timer = READY_FRAMES;
    this.gun = GUN_LEFT;
    this.missileRow = 0;
    this.burst = 0;
    this.dismissMothership();
  }

  private startBattle(): void {
    this.phase = SpaceInvadersPhase.battle;
    this.timer = BEAT;
    this.mothershipWait = MOTHERSHIP_CYCLES;
    this.march();
  }

  private loseLife(): void {
    this.lives--;
    this.startLife();
    if (this.lives === 0) this.phase = SpaceInvadersPhase.over;
  }

  private march(): void {
    const { formation } = this;
    if (this.timer < 0) this.timer += CLOCK_CYCLE;
    if (this.timer === 0 && this.mothership < 0 && --this.mothershipWait === 0) this.callMothership();
    formation.march((BEAT - this.timer) & (BEAT - 1));
    if (formation.landed) this.phase = SpaceInvadersPhase.over;
  }

  private closeUp(): void {
    const { formation } = this;
    const { left } = formation;
    formation.closeUp();
    if (formation.left !== left) this.blastColumn -= COLUMN_PITCH;
  }

  private callMothership(): void {
    this.mothershipDirection = (this.draw() & 1) === 1 ? 1 : -1;
    this.mothership = this.mothershipDirection > 0 ? MOTHERSHIP_LEFT : MOTHERSHIP_RIGHT;
  }

  private flyMothership(): void {
    if (this.mothershipBlast > 0) {
      if (this.mothershipBlast === 1) this.dismissMothership();
      return;
    }
    if (this.timer % MOTHERSHIP_STEP_FRAMES !== 0) return;
    const { mothershipDirection: direction } = this;
    const gone = this.mothership === (direction > 0 ? MOTHERSHIP_RIGHT : MOTHERSHIP_LEFT);
    if (gone) this.dismissMothership();
    else this.mothership += direction;
  }

  private dismissMothership(): void {
    this.mothership = -1;
    this.mothershipBlast = 0;
    this.mothershipWait = MOTHERSHIP_CYCLES;
  }

  /** Copies another game into this one; faster than its state. */
  copyFrom(game: SpaceInvadersGame): void {
    this.formation.copyFrom(game.formation);
    this.shields.copyFrom(game.shields);
    this.bombColumns.set(game.bombColumns);
    this.bombRows.set(game.bombRows);
    for (const field of STATE_FIELDS) this[field] = game[field];
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const { formation } = this;
    const state: StateRecord = {
      rows: formation.rows.slice(),
      shields: this.shields.blocks.slice(),
      bombColumns: this.bombColumns.slice(),
      bombRows: this.bombRows.slice(),
    };
    for (const field of STATE_FIELDS) state[field] = this[field];
    for (const field of FORMATION_FIELDS) state[`formation.${field}`] = formation[field];
    return state;
  }

  /**
   * @inheritDoc
   * @throws InvalidArgumentError when the state is not from this game
   */
  setState(state: StateRecord): void {
    const { rows, shields, bombColumns, bombRows } = state;
    const marks = FORMATION_FIELDS.map((field) => state[`formation.${field}`]);
    const numbers = [...STATE_FIELDS.map((field) => state[field]), ...marks].every(Number.isInteger);
    if (
      !(rows instanceof Uint8Array && rows.length === INVADER_ROWS) ||
      !(shields instanceof Uint8Array && shields.length === SHIELD_BLOCKS) ||
      !(bombColumns instanceof Int32Array && bombColumns.length === 2) ||
      !(bombRows instanceof Int32Array && bombRows.length === 2) ||
      !numbers
    ) {
      throw new InvalidArgumentError("state", "expected what getState() of a Space Invaders game returned");
    }
    this.formation.rows.set(rows);
    this.shields.restore(shields);
    this.bombColumns.set(bombColumns);
    this.bombRows.set(bombRows);
    for (const field of STATE_FIELDS) this[field] = state[field] as number;
    for (const [i, field] of FORMATION_FIELDS.entries()) this.formation[field] = marks[i] as number;
    this.formation.refresh();
  }
}
