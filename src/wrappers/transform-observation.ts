/** Transforms observations by a function. */

import { checkOptions } from "../core/check-options.js";
import type { TypedArray } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import type { Box } from "../spaces/index.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link TransformObservation}. */
export interface TransformObservationOptions {
  /** Returns the new observation; must not change its argument. */
  transform: (observation: TypedArray) => TypedArray;
  /** Space of the new observations; default: unchanged. */
  observationSpace?: Box;
}

/**
 * Applies a function to every observation (Gymnasium's `TransformObservation`).
 *
 * @example
 * ```ts
 * const clipped = new TransformObservation(new NormalizeObservation(make("Pendulum-v1")), {
 *   transform: (observation) => observation.map((x) => Math.max(-10, Math.min(10, x))),
 * });
 * ```
 */
export class TransformObservation extends Wrapper {
  private readonly options: TransformObservationOptions;

  constructor(env: Env, options: TransformObservationOptions) {
    super(env);
    if (new.target === TransformObservation)
      checkOptions("TransformObservation", options, ["transform", "observationSpace"]);
    this.options = options;
  }

  /** @inheritDoc */
  override get observationSpace(): Box {
    return this.options.observationSpace ?? this.env.observationSpace;
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const { observation, info } = super.reset(options);
    return { observation: this.options.transform(observation), info };
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const result = super.step(action);
    return { ...result, observation: this.options.transform(result.observation) };
  }
}
