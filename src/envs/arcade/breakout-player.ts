/** A scripted Breakout player. */

import { PaddleAction } from "./arcade-game.js";
import type { BreakoutEnv } from "./breakout.js";
import { BreakoutGame } from "./breakout-game.js";
import { BALL_HEIGHT, BALL_WIDTH, PADDLE_TOP, SUBPIXELS } from "./breakout-geometry.js";

const MOVES = [PaddleAction.noop, PaddleAction.left, PaddleAction.right] as const;
const LONGEST_MOVE = 7;
// Frames of play: from when the paddle moves, and how far it looks ahead.
const LOOK_OUT = 80;
const HORIZON = 120;
const BOUNCE_HORIZON = 200;

/**
 * Plays Breakout well, using the game state instead of the screen: it simulates short moves of
 * the paddle on a copy of the game, and picks the one after which the ball is caught and soon breaks
 * a brick. Sticky actions are not anticipated.
 *
 * It is deterministic and stateless, so it is suitable as an expert for imitation and as a
 * baseline in tests.
 *
 * @example
 * ```ts
 * const env = new BreakoutEnv();
 * const player = new BreakoutPlayer(env);
 * env.reset({ seed: 0 });
 * for (let done = false; !done; ) {
 *   const step = env.step(player.act());
 *   done = step.terminated || step.truncated;
 * }
 * ```
 */
export class BreakoutPlayer {
  private readonly model: BreakoutGame;
  private readonly caught: BreakoutGame;
  private readonly frameskip: number;

  /** @param env the environment it plays in; it only reads from it */
  constructor(private readonly env: BreakoutEnv) {
    this.model = new BreakoutGame(env.game.difficulty);
    this.caught = new BreakoutGame(env.game.difficulty);
    this.frameskip = env.settings.frameskip;
  }

  /** Returns the action for the current state: 0 NOOP, 1 FIRE, 2 RIGHT, 3 LEFT. */
  act(): number {
    if (!this.env.game.inPlay) return PaddleAction.fire;
    if (!this.ballComes()) return PaddleAction.noop;
    let best: number = PaddleAction.noop;
    let most = Number.NEGATIVE_INFINITY;
    for (const move of MOVES) {
      const longest = move === PaddleAction.noop ? 1 : LONGEST_MOVE;
      for (let steps = 1; steps <= longest; steps++) {
        const value = this.scoreOf(move, steps);
        if (value > most) {
          most = value;
          best = move;
        }
      }
    }
    return best;
  }

  // Whether the ball reaches the height of the paddle soon enough to move now.
  private ballComes(): boolean {
    const { model } = this;
    model.copyFrom(this.env.game);
    for (let frame = 0; frame < LOOK_OUT; frame++) {
      model.frame(PaddleAction.noop);
      if (model.velocityY > 0 && model.y > (PADDLE_TOP - BALL_HEIGHT) * SUBPIXELS) return true;
    }
    return false;
  }

  // Score of holding a move for some steps and then standing still.
  private scoreOf(move: number, steps: number): number {
    const { model } = this;
    model.copyFrom(this.env.game);
    const held = steps * this.frameskip;
    for (let frame = 0; frame < HORIZON; frame++) {
      const { velocityY, lives, paddle } = model;
      model.frame(frame < held ? move : PaddleAction.noop);
      if (model.lives < lives) return -1000 - Math.abs(middle(model));
      if (velocityY > 0 && model.velocityY < 0 && model.throughPaddle) {
        const bounce = this.worthOfBounce();
        // Without a reachable brick the aim varies, or the ball might circle for ever.
        if (bounce === 0) return -Math.abs(middle(model) - (((this.env.game.clock >> 8) % 15) - 7));
        // A paddle at rest is where it was meant to be, whatever the sticky actions do.
        return bounce - Math.abs(middle(model)) - Math.abs(paddle - model.paddle) - steps;
      }
    }
    return 0;
  }

  // Frames until the ball breaks a brick after the paddle has hit it.
  private worthOfBounce(): number {
    const { caught } = this;
    caught.copyFrom(this.model);
    const { score, lives } = caught;
    for (let frame = 0; frame < BOUNCE_HORIZON; frame++) {
      caught.frame(PaddleAction.noop);
      if (caught.score > score) return 60 + caught.score - score - frame / 10;
      if (caught.lives < lives) break;
    }
    return 0;
  }
}

// Columns from the centre of the paddle to the centre of the ball.
function middle(game: BreakoutGame): number {
  return game.x / SUBPIXELS + BALL_WIDTH / 2 - (game.paddle + game.paddleWidth / 2);
}
