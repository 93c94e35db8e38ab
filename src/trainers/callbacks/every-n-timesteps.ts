/** A callback that calls another one at intervals of environment steps. */

import { checkOptions, optionNames } from "../../core/check-options.js";
import type { StateRecord } from "../../core/state.js";
import type { CallbackLike, HookResult, StepProgress, TrainerCallback, TrainerProgress } from "./callback.js";
import { toCallback } from "./callback-list.js";
import { StepTrigger } from "./step-trigger.js";

/** Options of {@link EveryNTimesteps}. */
export interface EveryNTimestepsOptions {
  /** Environment steps between calls, over all environments. */
  numSteps: number;
  /** The function to call, or a callback whose `onStep` is called. */
  callback: CallbackLike;
  /** Name in checkpoints, default `"everyNTimesteps"`; two of these callbacks need different names. */
  name?: string;
}

const names = optionNames<EveryNTimestepsOptions>({ numSteps: true, callback: true, name: true });

/**
 * Calls a callback every `numSteps` environment steps.
 *
 * @example
 * ```ts
 * const watch = new EveryNTimesteps({ numSteps: 10_000, callback: ({ meanReturn }) => console.log(meanReturn) });
 * await trainer.learn({ totalTimesteps: 100_000, callbacks: [watch] });
 * ```
 */
export class EveryNTimesteps implements TrainerCallback {
  /** @inheritDoc */
  readonly name: string;
  private readonly trigger: StepTrigger;
  private readonly inner: TrainerCallback;

  /** @throws InvalidArgumentError when `numSteps` is not positive, or `callback` is not a callback */
  constructor(options: EveryNTimestepsOptions) {
    if (new.target === EveryNTimesteps) checkOptions("EveryNTimesteps", options, names);
    const { numSteps, callback, name = "everyNTimesteps" } = options;
    this.name = name;
    this.trigger = new StepTrigger(numSteps, "numSteps");
    this.inner = toCallback("callback", callback);
  }

  /** @inheritDoc */
  onTrainingStart(progress: TrainerProgress): void | Promise<void> {
    this.trigger.start(progress.globalStep);
    return this.inner.onTrainingStart?.(progress);
  }

  /** @inheritDoc */
  onStep(progress: StepProgress): HookResult {
    if (this.trigger.due(progress.globalStep)) return this.inner.onStep?.(progress);
  }

  /** @inheritDoc */
  onTrainingEnd(progress: TrainerProgress, failure?: unknown): void | Promise<void> {
    return this.inner.onTrainingEnd?.(progress, failure);
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { trigger: this.trigger.getState(), inner: this.inner.getState?.() ?? null };
  }

  /** @inheritDoc */
  setState({ trigger, inner }: StateRecord): void {
    this.trigger.setState(trigger as StateRecord);
    if (inner) this.inner.setState?.(inner as StateRecord);
  }
}
