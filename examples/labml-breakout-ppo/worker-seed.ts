/** Seeds of workers, as labml has them. */

import { type Env, type ResetOptions, type ResetResult, Wrapper } from "ncps-ts";

/** Starts from a seed of its own where the trainer gives one: labml's worker i is seeded with 47 + i. */
export class WorkerSeed extends Wrapper {
  /** @param env the game · @param seed of this worker */
  constructor(
    env: Env,
    readonly seed: number,
  ) {
    super(env);
  }

  /** Later resets have no seed, and go on with the game's own generator. */
  override reset({ seed, ...options }: ResetOptions = {}): ResetResult {
    return super.reset(seed === undefined ? options : { ...options, seed: this.seed });
  }
}
