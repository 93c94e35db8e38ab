/** Space Invaders as a feature vector. */

import { SPACE_INVADERS_LIVES, type SpaceInvadersGame, SpaceInvadersPhase } from "./space-invaders-game.js";
import {
  GROUND_TOP,
  GUN_LEFT,
  GUN_RIGHT,
  INVADER_COLUMNS,
  INVADER_COUNT,
  INVADER_ROWS,
  SHIELD_COLUMNS,
  SHIELD_ROWS,
  SHIELD_WIDTH,
} from "./space-invaders-geometry.js";

const SCREEN_MIDDLE = 80;
const SHIELD_STRIPES = SHIELD_COLUMNS.length * SHIELD_WIDTH;
// Rows between the highest row of invaders and the ground when a game begins.
const MOST_ROWS_LEFT = 140;

/** Indices of the features in the vector. */
export const SpaceInvadersFeature = {
  /** Position of the gun: -1 at its left end, 1 at its right one. */
  gunX: 0,
  /** 1 while shots fly and the gun moves; 0 while a life or a wave ends or begins. */
  battle: 1,
  /** Lives left, divided by 3. */
  lives: 2,
  /** 1 when a missile can be fired, otherwise 0. */
  loaded: 3,
  /** Column of the missile, -1 to 1 across the screen; 0 without one. */
  missileX: 4,
  /** Row of the missile: 1 at the gun, 0 at the top; 0 without one. */
  missileY: 5,
  /** Column of the first (latest) of two bombs from the centre of the gun, right positive, in half screens. */
  bombX: 6,
  /** Row of the first bomb: 1 at the ground, 0 at the top; 0 without one. */
  bombY: 7,
  /** Column of the second bomb, as for the first. */
  secondBombX: 8,
  /** Row of the second bomb, as for the first. */
  secondBombY: 9,
  /** Column of the mothership from the centre of the gun, in half screens; 0 without one. */
  mothershipX: 10,
  /** Direction of the mothership, -1 or 1; 0 without one. */
  mothershipDirection: 11,
  /** Column of the formation's left edge from that of the gun, right positive, in half screens. */
  formationX: 12,
  /** Rows by which the lowest invaders are above the ground, divided by 140: 0 when they land. */
  formationY: 13,
  /** Direction of the formation: -1 or 1. */
  formationDirection: 14,
  /** Invaders left, divided by 36. */
  count: 15,
  /** First of 36 invaders, row by row from the lowest, each from the left: 1 if alive, otherwise 0. */
  invaders: 16,
  /** First of 24 columns of the shields from the left: fraction of it that is left, 0 to 1. */
  shields: 16 + INVADER_COUNT,
} as const;

/** Number of features. */
export const SPACE_INVADERS_FEATURES: number = 16 + INVADER_COUNT + SHIELD_STRIPES;

/**
 * Writes the features of a game, all within [-1, 1].
 *
 * @param features `[76]`
 */
export function writeSpaceInvadersFeatures(game: SpaceInvadersGame, features: Float32Array): void {
  const { formation, bombRows, bombColumns } = game;
  const at = SpaceInvadersFeature;
  const middle = game.gun + 3;
  const flies = game.missileRow > 0;
  const battle = game.phase === SpaceInvadersPhase.battle;
  const mothership = game.mothership >= 0 && game.mothershipBlast === 0;
  features[at.gunX] = (2 * (game.gun - GUN_LEFT)) / (GUN_RIGHT - GUN_LEFT) - 1;
  features[at.battle] = battle ? 1 : 0;
  features[at.lives] = game.lives / SPACE_INVADERS_LIVES;
  features[at.loaded] = battle && !flies && game.burst === 0 ? 1 : 0;
  features[at.missileX] = flies ? game.missileColumn / SCREEN_MIDDLE - 1 : 0;
  features[at.missileY] = flies ? game.missileRow / GROUND_TOP : 0;
  for (let bomb = 0; bomb < 2; bomb++) {
    const falls = bombRows[bomb] > 0;
    features[at.bombX + 2 * bomb] = falls ? aside(bombColumns[bomb] - middle) : 0;
    features[at.bombY + 2 * bomb] = falls ? Math.min(game.bombBottom(bomb) / GROUND_TOP, 1) : 0;
  }
  features[at.mothershipX] = mothership ? aside(game.mothership + 3 - middle) : 0;
  features[at.mothershipDirection] = mothership ? game.mothershipDirection : 0;
  features[at.formationX] = aside(formation.left - game.gun);
  const rowsLeft = Math.min(Math.max(formation.rowsLeft, 0), MOST_ROWS_LEFT); // more when no invader is left
  features[at.formationY] = rowsLeft / MOST_ROWS_LEFT;
  features[at.formationDirection] = formation.direction;
  features[at.count] = formation.count / INVADER_COUNT;
  let next: number = at.invaders;
  for (let row = 0; row < INVADER_ROWS; row++) {
    const bits = formation.rows[row];
    for (let column = 0; column < INVADER_COLUMNS; column++) features[next++] = (bits >> column) & 1;
  }
  writeShields(game, features, next);
}

function writeShields({ shields, shielded }: SpaceInvadersGame, features: Float32Array, from: number): void {
  const { heights } = shields;
  for (let i = 0; i < SHIELD_STRIPES; i++) features[from + i] = shielded ? heights[i] / SHIELD_ROWS : 0;
}

// Columns to the right of a reference, in half screens.
function aside(columns: number): number {
  return Math.min(Math.max(columns / SCREEN_MIDDLE, -1), 1);
}
