/** Breakout environment, without a ROM. */

import { checkOptions } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { ArcadeEnv } from "./arcade-env.js";
import { PADDLE_ACTIONS } from "./arcade-game.js";
import { ARCADE_OPTIONS, type ArcadeOptions } from "./arcade-options.js";
import { breakoutFeatureCount, writeBreakoutFeatures } from "./breakout-features.js";
import { BreakoutGame } from "./breakout-game.js";
import { BreakoutScreen } from "./breakout-screen.js";

/** Options of {@link BreakoutEnv}. */
export interface BreakoutOptions extends ArcadeOptions {
  /**
   * Adds the ball's velocity to the feature vector. Default `false`: an agent that observes only the current
   * state must remember the previous one to infer the velocity of the ball.
   */
  velocity?: boolean;
  /** 0 (default), or 1 for a paddle that is 4 pixels shorter: the console's difficulty switch. */
  difficulty?: 0 | 1;
}

/**
 * `Arcade/Breakout-v0`: the Atari 2600 game Breakout, reimplemented from measurements, so that a
 * network trained on one can play the other. The same actions lead to the same screens, scores and
 * lives, frame by frame.
 *
 * Actions: 0 NOOP, 1 FIRE (serves), 2 RIGHT, 3 LEFT. Observations: the screen (`uint8 [210, 160, 3]`)
 * or, with `observation: "features"`, 114 numbers laid out as in {@link BreakoutFeature}. A brick
 * scores 7, 7, 4, 4, 1, 1 from the top row down; there are two walls, so 864 is the maximum.
 * The episode terminates when all 5 lives are lost.
 *
 * @example
 * ```ts
 * const env = new BreakoutEnv({ observation: "features" });
 * env.reset({ seed: 0 });
 * const { observation, reward, info } = env.step(1); // FIRE
 * ```
 */
export class BreakoutEnv extends ArcadeEnv {
  /** @inheritDoc */
  readonly id = "Arcade/Breakout-v0";
  /** The game itself, to read positions and speeds; {@link BreakoutPlayer} looks ahead with it. */
  readonly game: BreakoutGame;
  private screen: BreakoutScreen | undefined;

  /** @throws InvalidArgumentError when an option is unknown or has an invalid value */
  constructor(options: BreakoutOptions = {}) {
    checkOptions("BreakoutEnv", options, [...ARCADE_OPTIONS, "velocity", "difficulty"]);
    const { velocity = false, difficulty = 0 } = options;
    if (typeof velocity !== "boolean") {
      throw new InvalidArgumentError("velocity", `expected true or false, received ${velocity}`);
    }
    if (difficulty !== 0 && difficulty !== 1) {
      throw new InvalidArgumentError("difficulty", `expected 0 or 1, received ${difficulty}`);
    }
    const game = new BreakoutGame(difficulty);
    super(game, PADDLE_ACTIONS, breakoutFeatureCount(velocity), options);
    this.game = game;
  }

  /** @inheritDoc */
  protected writeFeatures(out: Float32Array): void {
    writeBreakoutFeatures(this.game, out);
  }

  /** @inheritDoc */
  protected draw(): Uint8Array {
    this.screen ??= new BreakoutScreen();
    this.screen.draw(this.game);
    return this.screen.data;
  }
}
