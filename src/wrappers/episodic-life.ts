/** Ends an episode at every lost life. */

import { EnvContractError, InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Env, Info, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { requireMeaning } from "./action-meanings.js";
import { Wrapper } from "./wrapper.js";

/**
 * Reports `terminated` whenever a life is lost (`0 < lives < lives before`), while the game continues: `reset`
 * starts a new game only after the game's own end, otherwise it plays one NOOP step (Mnih et al. 2015, as in
 * RLlib and Stable-Baselines3). `lives = 0` alone is not an end: some games stay there for a few frames.
 *
 * A `reset` with a seed always starts a new game. If the NOOP step ends the game, a new one is
 * started as well, and `info` of `reset` keeps the ended game's `episode`.
 *
 * @example
 * ```ts
 * const env = new EpisodicLife(make("Arcade/Breakout-v0")); // five episodes a game
 * ```
 */
export class EpisodicLife extends Wrapper {
  private lives = 0;
  private gameOver = true;
  private lifeOver = false;

  /** @throws InvalidArgumentError when action 0 is not NOOP */
  constructor(env: Env) {
    super(env);
    requireMeaning("EpisodicLife", env, 0, "NOOP");
  }

  /**
   * Starts the next life or, after the game's end or with a seed or options, the next game.
   *
   * @throws EnvContractError when the environment does not report `info.lives`
   */
  override reset(options: ResetOptions = {}): ResetResult {
    const asked = options.seed !== undefined || options.options !== undefined;
    const result = this.gameOver || asked ? super.reset(options) : this.nextLife();
    this.lives = this.livesOf(result.info);
    this.gameOver = false;
    this.lifeOver = false;
    return result;
  }

  /**
   * Plays one step.
   *
   * @throws InvalidStateError after a lost life, until `reset` is called
   */
  override step(action: Action): StepResult {
    if (this.lifeOver) {
      throw new InvalidStateError("step() after the end of an episode (a lost life): call reset() first");
    }
    const result = super.step(action);
    const lives = this.livesOf(result.info);
    this.gameOver = result.terminated || result.truncated;
    const lost = lives > 0 && lives < this.lives;
    this.lifeOver = lost && !this.gameOver;
    this.lives = lives;
    return lost ? { ...result, terminated: true } : result;
  }

  private nextLife(): ResetResult {
    const { observation, info, terminated, truncated } = this.env.step(0);
    if (!terminated && !truncated) return { observation, info };
    const started = this.env.reset();
    return { observation: started.observation, info: { ...info, ...started.info } };
  }

  private livesOf({ lives }: Info): number {
    if (lives !== undefined) return lives;
    throw new EnvContractError(
      `EpisodicLife expected info.lives from "${this.id}", received none; leave EpisodicLife out`,
    );
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { lives: this.lives, gameOver: this.gameOver, lifeOver: this.lifeOver };
  }

  /** @inheritDoc */
  protected override setOwnState({ lives, gameOver, lifeOver }: StateRecord): void {
    if (typeof lives !== "number" || typeof gameOver !== "boolean" || typeof lifeOver !== "boolean") {
      throw new InvalidArgumentError("state", "expected { lives, gameOver, lifeOver } of EpisodicLife");
    }
    this.lives = lives;
    this.gameOver = gameOver;
    this.lifeOver = lifeOver;
  }
}
