/** A Breakout player whose decisions depend only on the screen. */

import { checkOptions, optionNames } from "../../core/check-options.js";
import { PaddleAction } from "./arcade-game.js";
import type { BreakoutEnv } from "./breakout.js";
import { BreakoutGame } from "./breakout-game.js";
import { BALL_HEIGHT, BALL_WIDTH, PADDLE_TOP, SUBPIXELS } from "./breakout-geometry.js";

// Number of frames ahead in which the ball's arrival is considered.
const LOOK_OUT = 28;

/** Options of {@link SteadyBreakoutPlayer}. */
export interface SteadyBreakoutPlayerOptions {
  /** Tolerated columns between the centres of ball and paddle, default 8. */
  tolerance?: number;
}

const names = optionNames<SteadyBreakoutPlayerOptions>({
  tolerance: true,
});

/**
 * Just catches the ball: it moves towards the column where the ball arrives, unless the resting
 * paddle would be near enough. Unlike {@link BreakoutPlayer}, which compares dozens of futures and whose choice depends
 * on values that no frame shows (the count of paddle hits, the frame counter), it decides from what four frames show:
 * so a network can learn it by imitation.
 *
 * It is deterministic and stateless.
 *
 * @example
 * ```ts
 * const env = new BreakoutEnv();
 * const player = new SteadyBreakoutPlayer(env);
 * env.reset({ seed: 0 });
 * env.step(player.act()); // 1: FIRE serves
 * ```
 */
export class SteadyBreakoutPlayer {
  private readonly model: BreakoutGame;
  private readonly tolerance: number;

  /** @param env the environment it plays in; it only reads from it */
  constructor(
    private readonly env: BreakoutEnv,
    options: SteadyBreakoutPlayerOptions = {},
  ) {
    if (new.target === SteadyBreakoutPlayer) checkOptions("SteadyBreakoutPlayer", options, names);
    const { tolerance = 8 } = options;
    this.model = new BreakoutGame(env.game.difficulty);
    this.tolerance = tolerance;
  }

  /** Returns the action for the current state: 0 NOOP, 1 FIRE, 2 RIGHT, 3 LEFT. */
  act(): number {
    if (!this.env.game.inPlay) return PaddleAction.fire;
    const offset = this.offsetAtArrival();
    if (Math.abs(offset) <= this.tolerance) return PaddleAction.noop;
    return offset > 0 ? PaddleAction.right : PaddleAction.left;
  }

  // Columns by which the ball will miss the centre of a resting paddle; 0 when it does not arrive soon.
  private offsetAtArrival(): number {
    const { model } = this;
    model.copyFrom(this.env.game);
    for (let frame = 0; frame < LOOK_OUT; frame++) {
      model.frame(PaddleAction.noop);
      if (model.velocityY > 0 && model.y > (PADDLE_TOP - BALL_HEIGHT) * SUBPIXELS) {
        return model.x / SUBPIXELS + BALL_WIDTH / 2 - (model.paddle + model.paddleWidth / 2);
      }
    }
    return 0;
  }
}
