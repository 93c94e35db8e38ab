/** Seeds the workers as labml does. */

import { type Env, type ResetOptions, type ResetResult, Wrapper } from "ncps-ts";

/** Replaces the seed that the trainer passes: labml's worker i is seeded with 47 + i. */
export class WorkerSeed extends Wrapper {
  /** @param env the game · @param seed seed of this worker */
  constructor(
    env: Env,
    readonly seed: number,
  ) {
    super(env);
  }

  /** Later resets have no seed and continue with the game's generator. */
  override reset({ seed, ...options }: ResetOptions = {}): ResetResult {
    return super.reset(seed === undefined ? options : { ...options, seed: this.seed });
  }
}
