/** A scripted player of Space Invaders. */

import type { SpaceInvadersEnv } from "./space-invaders.js";
import { GunAction, SpaceInvadersGame, SpaceInvadersPhase } from "./space-invaders-game.js";
import { COLUMN_PITCH, INVADER_WIDTH, SHIP_WIDTH } from "./space-invaders-geometry.js";

const MOVES = [
  { still: GunAction.noop, firing: GunAction.fire, steps: [1] },
  { still: GunAction.right, firing: GunAction.rightFire, steps: [1, 2, 3, 4, 6, 9, 13] },
  { still: GunAction.left, firing: GunAction.leftFire, steps: [1, 2, 3, 4, 6, 9, 13] },
] as const;
// Number of frames to look ahead: longer than a missile's flight.
const HORIZON = 120;
// Value of a hit in addition to its points: fewer invaders are less dangerous.
const HIT_BONUS = 30;
const LIFE = 2000;

/**
 * Plays Space Invaders well, using the game state instead of the screen: it simulates short
 * moves of the gun, with and without a shot, on a copy of the game, and picks the one that hits
 * most and soonest without being hit. Sticky actions are not anticipated.
 *
 * It is deterministic and stateless, so it is suitable as an expert for imitation and as a
 * baseline in tests.
 *
 * @example
 * ```ts
 * const env = new SpaceInvadersEnv();
 * const player = new SpaceInvadersPlayer(env);
 * env.reset({ seed: 0 });
 * for (let done = false; !done; ) {
 *   const step = env.step(player.act());
 *   done = step.terminated || step.truncated;
 * }
 * ```
 */
export class SpaceInvadersPlayer {
  private readonly model = new SpaceInvadersGame();
  private readonly frameskip: number;

  /** @param env the environment it plays in; it only reads from it */
  constructor(private readonly env: SpaceInvadersEnv) {
    this.frameskip = env.settings.frameskip;
  }

  /** Returns the action for the current state: 0 NOOP, 1 FIRE, 2 RIGHT, 3 LEFT, 4 RIGHTFIRE, 5 LEFTFIRE. */
  act(): number {
    if (this.env.game.phase !== SpaceInvadersPhase.battle) return GunAction.noop;
    let best: number = GunAction.noop;
    let most = Number.NEGATIVE_INFINITY;
    for (const { still, firing, steps } of MOVES) {
      for (const count of steps) {
        for (const action of [firing, still]) {
          const value = this.scoreOf(action, count);
          if (value > most) {
            most = value;
            best = action;
          }
        }
      }
    }
    return best;
  }

  // Score of holding an action for some steps and then standing still and firing.
  private scoreOf(action: number, steps: number): number {
    const { model } = this;
    model.copyFrom(this.env.game);
    const held = steps * this.frameskip;
    let value = -steps / 100;
    for (let frame = 0; frame < HORIZON; frame++) {
      const points = model.frame(frame < held ? action : GunAction.fire);
      if (points > 0) value += ((points + HIT_BONUS) * (2 * HORIZON - frame)) / (2 * HORIZON);
      if (model.phase === SpaceInvadersPhase.dying || model.over) return value - LIFE + frame;
    }
    return value - distance(model) / 100;
  }
}

// Columns from the gun's centre to the nearest column of invaders, as a reason to follow them.
function distance({ gun, formation }: SpaceInvadersGame): number {
  const middle = gun + SHIP_WIDTH / 2;
  const right = formation.left + COLUMN_PITCH * (formation.width - 1) + INVADER_WIDTH;
  return Math.max(formation.left - middle, middle - right, 0);
}
