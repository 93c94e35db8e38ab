/** Normalises observations to mean 0 and variance 1. */

import { checkOptions } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { StateRecord, TypedArray } from "../core/state.js";
import type { Action, Env, ResetOptions, ResetResult, StepResult } from "../envs/env.js";
import { Box } from "../spaces/index.js";
import { ObservationNormalizer } from "./observation-normalizer.js";
import { Wrapper } from "./wrapper.js";

/** Options of {@link NormalizeObservation}. */
export interface NormalizeObservationOptions {
  /** Added to the variance, default 1e-8. */
  epsilon?: number;
  /** Statistics shared with other environments; default: separate ones. */
  normalizer?: ObservationNormalizer | undefined;
  /** Whether observations update the statistics, default true; switch off for evaluation. */
  updateRunningMean?: boolean;
}

/**
 * Normalises observations by the running mean and variance of all observations (Gymnasium's
 * `NormalizeObservation`, with statistics in double precision).
 *
 * `PPOTrainer` has its own `normalizeObservation`, over all its environments: do not use both.
 *
 * @example
 * ```ts
 * const env = new NormalizeObservation(make("Pendulum-v1"));
 * // Evaluation with the statistics of training, without updating them:
 * const { normalizer } = env;
 * const test = new NormalizeObservation(make("Pendulum-v1"), { normalizer, updateRunningMean: false });
 * ```
 */
export class NormalizeObservation extends Wrapper {
  /** The statistics; can be shared or saved. */
  readonly normalizer: ObservationNormalizer;
  /** Whether observations update the statistics. */
  updateRunningMean: boolean;
  private readonly space: Box;

  /**
   * @throws ShapeError when a shared normaliser has a different shape
   * @throws InvalidArgumentError when `epsilon` is not positive, or passed together with a normaliser
   */
  constructor(env: Env, options: NormalizeObservationOptions = {}) {
    super(env);
    if (new.target === NormalizeObservation)
      checkOptions("NormalizeObservation", options, ["epsilon", "normalizer", "updateRunningMean"]);
    const { epsilon, normalizer, updateRunningMean = true } = options;
    const { shape } = env.observationSpace;
    if (normalizer && epsilon !== undefined) {
      throw new InvalidArgumentError("epsilon", "a shared normalizer has its own: leave one of them out");
    }
    if (normalizer && normalizer.statistics.shape.join() !== shape.join()) {
      throw new ShapeError("normalizer", `[${shape.join(", ")}]`, normalizer.statistics.shape);
    }
    this.normalizer = normalizer ?? new ObservationNormalizer({ shape, epsilon });
    this.updateRunningMean = updateRunningMean;
    this.space = new Box({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, shape });
  }

  /** Unbounded float32 space of the inner shape. */
  override get observationSpace(): Box {
    return this.space;
  }

  /** @inheritDoc */
  override reset(options: ResetOptions = {}): ResetResult {
    const { observation, info } = super.reset(options);
    return { observation: this.normalize(observation), info };
  }

  /** @inheritDoc */
  override step(action: Action): StepResult {
    const result = super.step(action);
    return { ...result, observation: this.normalize(result.observation) };
  }

  private normalize(observation: TypedArray): Float32Array {
    if (this.updateRunningMean) this.normalizer.update(observation);
    return this.normalizer.normalize(observation);
  }

  /** @inheritDoc */
  protected override getOwnState(): StateRecord {
    return { normalizer: this.normalizer.getState(), updateRunningMean: this.updateRunningMean };
  }

  /** @inheritDoc */
  protected override setOwnState({ normalizer, updateRunningMean }: StateRecord): void {
    if (typeof updateRunningMean !== "boolean") {
      throw new InvalidArgumentError("state", "expected a state of NormalizeObservation");
    }
    this.normalizer.setState(normalizer as StateRecord);
    this.updateRunningMean = updateRunningMean;
  }
}
