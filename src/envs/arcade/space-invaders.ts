/** Space Invaders environment, without a ROM. */

import { checkOptions } from "../../core/check-options.js";
import { ArcadeEnv } from "./arcade-env.js";
import { ARCADE_OPTIONS, type ArcadeOptions } from "./arcade-options.js";
import { SPACE_INVADERS_FEATURES, writeSpaceInvadersFeatures } from "./space-invaders-features.js";
import { GUN_ACTIONS, SpaceInvadersGame } from "./space-invaders-game.js";
import { SpaceInvadersScreen } from "./space-invaders-screen.js";

/** Options of {@link SpaceInvadersEnv}: those of every arcade environment. */
export type SpaceInvadersOptions = ArcadeOptions;

/**
 * `Arcade/SpaceInvaders-v0`: the Atari 2600 game Space Invaders, reimplemented from measurements, so
 * that a network trained on one can play the other: formation, march, shots, pauses and scores are the
 * measured ones, the sprites were redrawn.
 *
 * Actions: 0 NOOP, 1 FIRE, 2 RIGHT, 3 LEFT, 4 RIGHTFIRE, 5 LEFTFIRE. Observations: the screen
 * (`uint8 [210, 160, 3]`) or, with `observation: "features"`, 76 numbers laid out as in
 * {@link SpaceInvadersFeature}. An invader scores 5, 10, 15, 20, 25, 30 from the lowest row up, the mothership
 * 200. The episode terminates when all 3 lives are lost, or when the invaders land.
 *
 * As on the console, the missile is drawn in even frames and bombs in odd ones only: with a frameskip of 4 a
 * single frame never shows a bomb. Take the maximum of two frames (`MaxAndSkip` on
 * `frameskip: 1`, or `wrapDeepmind`), or a frameskip of 3.
 *
 * @example
 * ```ts
 * const env = new SpaceInvadersEnv({ observation: "features" });
 * env.reset({ seed: 0 });
 * const { observation, reward, info } = env.step(4); // RIGHTFIRE
 * ```
 */
export class SpaceInvadersEnv extends ArcadeEnv {
  /** @inheritDoc */
  readonly id = "Arcade/SpaceInvaders-v0";
  /** The game itself, to read positions; {@link SpaceInvadersPlayer} looks ahead with it. */
  readonly game: SpaceInvadersGame;
  private screen: SpaceInvadersScreen | undefined;

  /** @throws InvalidArgumentError when an option is unknown or has an invalid value */
  constructor(options: SpaceInvadersOptions = {}) {
    checkOptions("SpaceInvadersEnv", options, ARCADE_OPTIONS);
    const game = new SpaceInvadersGame();
    super(game, GUN_ACTIONS, SPACE_INVADERS_FEATURES, options);
    this.game = game;
  }

  /** @inheritDoc */
  protected writeFeatures(out: Float32Array): void {
    writeSpaceInvadersFeatures(this.game, out);
  }

  /** @inheritDoc */
  protected draw(): Uint8Array {
    this.screen ??= new SpaceInvadersScreen();
    this.screen.draw(this.game);
    return this.screen.data;
  }
}
