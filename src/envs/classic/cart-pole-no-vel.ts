/** CartPole environment with hidden velocities. */

import { CartPoleEnv } from "./cart-pole.js";

/**
 * {@link CartPoleEnv} whose observations only contain position and angle (`float32 [2]`): the agent
 * needs memory to infer the velocities. The usual first test of recurrent agents.
 *
 * @example
 * ```ts
 * const env = new CartPoleNoVelEnv();
 * env.reset({ seed: 0 }).observation.length; // 2
 * ```
 */
export class CartPoleNoVelEnv extends CartPoleEnv {
  /** @inheritDoc */
  override readonly id = "CartPoleNoVel-v1";

  /** @inheritDoc */
  protected override visible(): readonly number[] {
    return [0, 2];
  }
}
