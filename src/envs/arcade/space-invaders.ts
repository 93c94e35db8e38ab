/** Space Invaders, without a ROM. */

import type { TypedArray } from "../../core/state.js";
import { Box } from "../../spaces/index.js";
import type { Frame } from "../env.js";
import { ArcadeEnv } from "./arcade-env.js";
import { ARCADE_OPTIONS, type ArcadeOptions } from "./arcade-options.js";
import { requireKnownOptions } from "./known-options.js";
import { SPACE_INVADERS_FEATURES, writeSpaceInvadersFeatures } from "./space-invaders-features.js";
import { GUN_ACTIONS, SpaceInvadersGame } from "./space-invaders-game.js";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "./space-invaders-geometry.js";
import { SpaceInvadersScreen } from "./space-invaders-screen.js";

/** Options of {@link SpaceInvadersEnv}: those of every arcade environment. */
export type SpaceInvadersOptions = ArcadeOptions;

/**
 * `Arcade/SpaceInvaders-v0`: the Atari 2600 game Space Invaders, written anew from measurements, so
 * that a network trained on one can play the other: formation, march, shots, pauses and scores are the
 * measured ones, the figures are drawn anew.
 *
 * Actions: 0 NOOP, 1 FIRE, 2 RIGHT, 3 LEFT, 4 RIGHTFIRE, 5 LEFTFIRE. Observations: the screen
 * (`uint8 [210, 160, 3]`) or, with `observation: "features"`, 76 numbers laid out as in
 * {@link SpaceInvadersFeature}. An invader earns 5, 10, 15, 20, 25, 30 from the lowest row up, the mothership
 * 200. The episode terminates when all 3 lives are lost, or when the invaders land.
 *
 * As on the console, the missile is seen in even frames and bombs in odd ones only: with a frameskip of 4 a
 * single frame never shows a bomb. Take the maximum of two frames ({@link MaxAndSkip} on
 * `frameskip: 1`, or {@link wrapDeepmind}), or a frameskip of 3.
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
  /** @inheritDoc */
  readonly observationSpace: Box;
  /** The game itself, to read positions from; {@link SpaceInvadersPlayer} looks ahead with it. */
  readonly game: SpaceInvadersGame;
  private readonly observation: Uint8Array | Float32Array;
  private screen: SpaceInvadersScreen | undefined;

  /** @throws InvalidArgumentError when an option is unknown or has a wrong value */
  constructor(options: SpaceInvadersOptions = {}) {
    requireKnownOptions(options, ARCADE_OPTIONS);
    const game = new SpaceInvadersGame();
    super(game, GUN_ACTIONS, options);
    this.game = game;
    if (this.settings.observation === "rgb") {
      const shape = [SCREEN_HEIGHT, SCREEN_WIDTH, 3];
      this.observationSpace = new Box({ low: 0, high: 255, shape, dtype: "uint8" });
      this.observation = new Uint8Array(SCREEN_HEIGHT * SCREEN_WIDTH * 3);
    } else {
      this.observationSpace = new Box({ low: -1, high: 1, shape: [SPACE_INVADERS_FEATURES] });
      this.observation = new Float32Array(SPACE_INVADERS_FEATURES);
    }
  }

  /** @inheritDoc */
  protected observe(): TypedArray {
    if (this.observation instanceof Uint8Array) this.observation.set(this.drawn());
    else writeSpaceInvadersFeatures(this.game, this.observation);
    return this.observation;
  }

  /** @inheritDoc */
  protected picture(): Frame {
    return { height: SCREEN_HEIGHT, width: SCREEN_WIDTH, data: this.drawn().slice() };
  }

  private drawn(): Uint8Array {
    this.screen ??= new SpaceInvadersScreen();
    this.screen.draw(this.game);
    return this.screen.data;
  }
}
