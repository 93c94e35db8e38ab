/** Pendulum environment with hidden velocity. */

import { PendulumEnv } from "./pendulum.js";

/**
 * {@link PendulumEnv} whose observations only contain cosine and sine of the angle (`float32 [2]`): the
 * agent needs memory to infer the angular velocity.
 *
 * @example
 * ```ts
 * const env = new PendulumNoVelEnv();
 * env.reset({ seed: 0 }).observation.length; // 2
 * ```
 */
export class PendulumNoVelEnv extends PendulumEnv {
  /** @inheritDoc */
  override readonly id = "PendulumNoVel-v1";

  /** @inheritDoc */
  protected override visible(): number {
    return 2;
  }
}
