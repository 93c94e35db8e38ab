/** Clips actions to the bounds of the environment. */

import type { TypedArray } from "../core/state.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { Box } from "../spaces/index.js";
import { boxActions } from "./box-actions.js";
import { Wrapper } from "./wrapper.js";

/**
 * Accepts unbounded actions and clips them to the bounds of the inner environment (Gymnasium's
 * `ClipAction`). `PPOTrainer` does this automatically.
 *
 * @example
 * ```ts
 * const env = new ClipAction(make("Pendulum-v1"));
 * env.reset({ seed: 0 });
 * env.step(Float32Array.of(7)); // plays the torque 2
 * ```
 */
export class ClipAction extends Wrapper {
  private readonly space: Box;
  private readonly clip: (action: Action) => TypedArray;

  /** @throws InvalidArgumentError when the environment's actions are not a float `Box` */
  constructor(env: Env) {
    super(env);
    const { space, low, high, map } = boxActions(env, "ClipAction");
    this.space = new Box({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      shape: space.shape,
      dtype: space.dtype,
    });
    this.clip = map((value, i) => Math.max(low[i], Math.min(high[i], value)));
  }

  /** Unbounded action space of the inner shape. */
  override get actionSpace(): Box {
    return this.space;
  }

  /**
   * Plays one step with the clipped action.
   *
   * @throws InvalidArgumentError when the action has the wrong shape or type
   */
  override step(action: Action): StepResult {
    return super.step(this.clip(action));
  }
}
