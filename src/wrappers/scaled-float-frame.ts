/** Scales frames to the range 0 to 1. */

import { InvalidArgumentError } from "../core/errors.js";
import { sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Box } from "../spaces/index.js";
import { Wrapper } from "./wrapper.js";

/**
 * Divides uint8 observations by 255 into float32 of the same shape. The library's networks do this
 * themselves, once; this wrapper is for other networks. It takes four times the memory.
 *
 * @example
 * ```ts
 * const env = new ScaledFloatFrame(new WarpFrame(make("Arcade/Breakout-v0")));
 * ```
 */
export class ScaledFloatFrame extends Wrapper {
  private readonly space: Box;
  private readonly out: Float32Array;

  /** @throws InvalidArgumentError when observations are not uint8 */
  constructor(env: Env) {
    super(env);
    const { shape, dtype } = env.observationSpace;
    if (dtype !== "uint8") {
      throw new InvalidArgumentError(
        "env",
        `ScaledFloatFrame expected uint8 observations, received ${dtype}`,
      );
    }
    this.space = new Box({ low: 0, high: 1, shape, dtype: "float32" });
    this.out = new Float32Array(sizeOf(shape));
  }

  /** float32 space of the inner shape, 0..1. */
  override get observationSpace(): Box {
    return this.space;
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const { observation, info } = super.reset(options);
    return { observation: this.scale(observation), info };
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const { observation, reward, terminated, truncated, info } = super.step(action);
    return { observation: this.scale(observation), reward, terminated, truncated, info };
  }

  private scale(observation: TypedArray): Float32Array {
    for (let i = 0; i < this.out.length; i++) this.out[i] = observation[i] / 255;
    return this.out;
  }
}
