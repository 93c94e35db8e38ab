/** Stacks the last observations. */

import { checkInteger } from "../core/check-integer.js";
import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { createTypedArray, type StateRecord, sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Box } from "../spaces/index.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link FrameStack}. */
export interface FrameStackOptions {
  /** Number of observations, default 4. */
  numStack?: number;
}

/**
 * Stacks the last `numStack` observations along the last axis, oldest first: `[84, 84, 1]` becomes `[84, 84, 4]`,
 * `[features]` becomes `[numStack * features]`. After `reset` the stack contains the first observation `numStack`
 * times.
 *
 * @example
 * ```ts
 * new FrameStack(new WarpFrame(env), { numStack: 4 }).observationSpace.shape; // [84, 84, 4]
 * ```
 */
export class FrameStack extends Wrapper {
  private readonly numStack: number;
  private readonly channels: number;
  private readonly space: Box;
  private readonly stack: TypedArray;

  /** @throws InvalidArgumentError when `numStack` is not a positive integer or observations are scalars */
  constructor(env: Env, options: FrameStackOptions = {}) {
    super(env);
    if (new.target === FrameStack) checkOptions("FrameStack", options, ["numStack"]);
    const { numStack = 4 } = options;
    const { shape, dtype, low, high } = env.observationSpace;
    checkInteger("numStack", numStack);
    if (shape.length === 0) {
      throw new InvalidArgumentError("env", "FrameStack expected observations with at least one axis");
    }
    this.numStack = numStack;
    this.channels = shape[shape.length - 1];
    const bound = (value: number | Float64Array) =>
      typeof value === "number" ? value : this.repeat(value, new Float64Array(numStack * value.length));
    this.space = new Box({
      low: bound(low),
      high: bound(high),
      shape: [...shape.slice(0, -1), numStack * this.channels],
      dtype,
    });
    this.stack = createTypedArray(dtype, numStack * sizeOf(shape));
  }

  /** The inner shape with the last axis `numStack` times as long. */
  override get observationSpace(): Box {
    return this.space;
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const { observation, info } = super.reset(options);
    return { observation: this.repeat(observation, this.stack), info };
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const { observation, reward, terminated, truncated, info } = super.step(action);
    return { observation: this.push(observation), reward, terminated, truncated, info };
  }

  // Shifting everything by one observation's channels drops each pixel's oldest.
  private push(observation: TypedArray): TypedArray {
    const { stack, channels, numStack } = this;
    stack.copyWithin(0, channels);
    const last = (numStack - 1) * channels;
    if (channels === 1) {
      for (let i = 0, at = last; i < observation.length; i++, at += numStack) stack[at] = observation[i];
    } else if (channels === observation.length) {
      stack.set(observation, last);
    } else {
      for (let i = 0, at = last; i < observation.length; at += last) {
        for (let c = 0; c < channels; c++) stack[at++] = observation[i++];
      }
    }
    return stack;
  }

  private repeat<Values extends TypedArray>(observation: TypedArray, out: Values): Values {
    const { channels, numStack } = this;
    for (let i = 0, at = 0; i < observation.length; i += channels) {
      for (let copy = 0; copy < numStack; copy++) {
        for (let c = 0; c < channels; c++) out[at++] = observation[i + c];
      }
    }
    return out;
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { stack: this.stack.slice() };
  }

  /** @inheritDoc */
  protected override setOwnState({ stack }: StateRecord): void {
    const kind = this.stack.constructor;
    if (!(stack instanceof kind) || (stack as TypedArray).length !== this.stack.length) {
      throw new InvalidArgumentError(
        "state.stack",
        `expected ${this.stack.length} ${this.space.dtype} values. Was it saved with another numStack or shape?`,
      );
    }
    this.stack.set(stack as TypedArray);
  }
}
