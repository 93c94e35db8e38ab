/** Ends a game at the first lost life. */

import { EnvContractError, InvalidArgumentError, InvalidStateError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import type { Action, Info, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Wrapper } from "./wrapper.js";

/**
 * Ends the episode as soon as a life is lost; `reset` then starts a completely new game (labml's `Game`). The
 * policy never plays beyond the first life: returns are not comparable to complete games. For lives as
 * episodes within one game use `EpisodicLife`.
 *
 * @example
 * ```ts
 * const env = new SingleLife(make("Arcade/Breakout-v0", { frameskip: 1, repeatActionProbability: 0 }));
 * ```
 */
export class SingleLife extends Wrapper {
  private lives = 0;
  private over = false;

  /**
   * Starts a new game.
   *
   * @throws EnvContractError when the environment does not report `info.lives`
   */
  override reset(options: ResetOptions = {}): ResetResult {
    const result = super.reset(options);
    this.lives = this.livesOf(result.info);
    this.over = false;
    return result;
  }

  /**
   * Plays one step.
   *
   * @throws InvalidStateError after a lost life, until `reset` is called
   */
  override step(action: Action): StepResult {
    if (this.over) {
      throw new InvalidStateError("step() after the end of an episode (a lost life): call reset() first");
    }
    const result = super.step(action);
    this.over = this.livesOf(result.info) < this.lives;
    return this.over ? { ...result, terminated: true } : result;
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { lives: this.lives, over: this.over };
  }

  /** @inheritDoc */
  protected override setOwnState({ lives, over }: StateRecord): void {
    if (typeof lives !== "number" || typeof over !== "boolean") {
      throw new InvalidArgumentError("state", "expected { lives, over } of SingleLife");
    }
    this.lives = lives;
    this.over = over;
  }

  private livesOf({ lives }: Info): number {
    if (lives === undefined) {
      throw new EnvContractError(`SingleLife expected info.lives from "${this.id}", received none`);
    }
    return lives;
  }
}
