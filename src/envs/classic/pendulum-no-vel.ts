/** The pendulum task with hidden velocity. */

import { PendulumEnv } from "./pendulum.js";

/**
 * {@link PendulumEnv} whose observations show cosine and sine of the angle only (`float32 [2]`): the
 * agent must remember to infer how fast the pendulum turns.
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
