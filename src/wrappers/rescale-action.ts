/** Rescales actions to a chosen range. */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env, StepResult } from "../envs/env.js";
import { Box } from "../spaces/index.js";
import { boxActions } from "./box-actions.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link RescaleAction}. */
export interface RescaleActionOptions {
  /** Value that is mapped to the environment's lower bound, one for all elements or one each; default -1. */
  minAction?: number | ArrayLike<number>;
  /** Value that is mapped to the environment's upper bound, one for all elements or one each; default 1. */
  maxAction?: number | ArrayLike<number>;
}

/**
 * Takes actions in `minAction .. maxAction` and maps them linearly to the bounds of the inner
 * environment (Gymnasium's `RescaleAction`). Nothing is clipped.
 *
 * @example
 * ```ts
 * const env = new RescaleAction(make("Pendulum-v1"));
 * env.reset({ seed: 0 });
 * env.step(Float32Array.of(0.5)); // plays the torque 1
 * ```
 */
export class RescaleAction extends Wrapper {
  private readonly space: Box;
  private readonly rescale: (action: Action) => TypedArray;

  /**
   * @throws InvalidArgumentError when the environment's actions are not a bounded float `Box`, or
   * `minAction` is not below `maxAction`
   * @throws ShapeError when a list of bounds has a different length
   */
  constructor(env: Env, options: RescaleActionOptions = {}) {
    super(env);
    if (new.target === RescaleAction) checkOptions("RescaleAction", options, ["minAction", "maxAction"]);
    const { minAction = -1, maxAction = 1 } = options;
    const { space, low, high, map } = boxActions(env, "RescaleAction");
    const size = sizeOf(space.shape);
    const each = (name: string, bound: number | ArrayLike<number>) => {
      if (typeof bound === "number") return new Float64Array(size).fill(bound);
      if (bound.length !== size) throw new ShapeError(name, `[${space.shape.join(", ")}]`, [bound.length]);
      return Float64Array.from(bound);
    };
    const [from, to] = [each("minAction", minAction), each("maxAction", maxAction)];
    for (let i = 0; i < size; i++) {
      if (!Number.isFinite(high[i] - low[i])) {
        throw new InvalidArgumentError("env", "RescaleAction expected finite bounds of actions");
      }
      if (!(Number.isFinite(to[i] - from[i]) && from[i] < to[i])) {
        throw new InvalidArgumentError(
          "minAction",
          `expected finite minAction < maxAction, received ${from[i]} and ${to[i]}`,
        );
      }
    }
    this.space = new Box({ low: from, high: to, shape: space.shape, dtype: space.dtype });
    this.rescale = map((value, i) => {
      return low[i] + ((value - from[i]) * (high[i] - low[i])) / (to[i] - from[i]);
    });
  }

  /** Action space bounded by `minAction` and `maxAction`, of the inner shape. */
  override get actionSpace(): Box {
    return this.space;
  }

  /**
   * Plays one step with the rescaled action.
   *
   * @throws InvalidArgumentError when the action has the wrong shape or type
   */
  override step(action: Action): StepResult {
    return super.step(this.rescale(action));
  }
}
