/** A callback that evaluates the policy during training. */

import type { CheckpointLocation } from "../../checkpoints/index.js";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { showValue } from "../../core/show-value.js";
import type { StateRecord } from "../../core/state.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { type Evaluation, evaluatePolicy } from "../common/evaluate-policy.js";
import { stepCount } from "../common/trainer.js";
import type { HookResult, TrainerCallback, TrainerProgress } from "./callback.js";
import { StepTrigger } from "./step-trigger.js";

/** A callback for evaluations of an {@link EvalCallback}. */
export interface EvaluationListener {
  /** Called after an evaluation; `false` ends the training. */
  onEvaluation(evaluation: Evaluation, progress: TrainerProgress): HookResult;
  /** The listener's state for checkpoints. */
  getState?(): StateRecord;
  /** Restores the listener's state. */
  setState?(state: StateRecord): void;
}

/** Options of {@link EvalCallback}. */
export interface EvalCallbackOptions {
  /** Separate environments for evaluation, not those being trained on; the caller closes them. */
  evalEnv: VectorEnv;
  /** Environment steps of the training between evaluations, over all environments; default 10,000. */
  evalFreq?: number;
  /** Whole episodes in each evaluation, default 5. */
  numEpisodes?: number;
  /** Whether the most probable actions are taken, default true. */
  deterministic?: boolean;
  /** Resets the environments with this seed each time; without it they continue as they are. */
  seed?: number;
  /** Where to save the run whenever its mean reward is the best so far. */
  bestModelSavePath?: CheckpointLocation;
  /** Called after evaluations that were the best so far. */
  callbackOnNewBest?: EvaluationListener;
  /** Called after every evaluation. */
  callbackAfterEval?: EvaluationListener;
  /** Name in checkpoints, default `"eval"`; two of these callbacks need different names. */
  name?: string;
}

const names = optionNames<EvalCallbackOptions>({
  evalEnv: true,
  evalFreq: true,
  numEpisodes: true,
  deterministic: true,
  seed: true,
  bestModelSavePath: true,
  callbackOnNewBest: true,
  callbackAfterEval: true,
  name: true,
});

/**
 * Evaluates the policy on whole games at intervals and saves the best model. Each evaluation is a separate row of the
 * log, as in SB3: `eval/mean_reward`, `eval/std_reward`, `eval/mean_ep_length`, `time/total_timesteps`, and
 * `eval/success_rate` where the last `info` of an episode has `isSuccess` (or `is_success`).
 *
 * @example
 * ```ts
 * const evaluation = new EvalCallback({
 *   evalEnv: makeVecEnv("CartPole-v1", { numEnvs: 5 }),
 *   evalFreq: 5_000,
 *   callbackOnNewBest: new StopTrainingOnRewardThreshold({ rewardThreshold: 475 }),
 * });
 * await trainer.learn({ totalTimesteps: 100_000, callbacks: [evaluation] });
 * ```
 */
export class EvalCallback implements TrainerCallback {
  /** @inheritDoc */
  readonly name: string;
  /** Best mean return so far, -∞ before the first evaluation. */
  bestMeanReturn = Number.NEGATIVE_INFINITY;
  /** Result of the last evaluation. */
  lastEvaluation?: Evaluation;
  private readonly trigger: StepTrigger;
  private played = false;

  /** @throws InvalidArgumentError when an option is unknown or has a wrong value */
  constructor(private readonly options: EvalCallbackOptions) {
    if (new.target === EvalCallback) checkOptions("EvalCallback", options, names);
    const { callbackOnNewBest, callbackAfterEval } = options;
    for (const [name, listener] of Object.entries({ callbackOnNewBest, callbackAfterEval })) {
      if (listener === undefined || typeof listener?.onEvaluation === "function") continue;
      const expected = "an object with onEvaluation(evaluation, progress)";
      throw new InvalidArgumentError(name, `expected ${expected}, received ${showValue(listener)}`);
    }
    this.name = options.name ?? "eval";
    this.trigger = new StepTrigger(options.evalFreq ?? 10_000, "evalFreq");
  }

  /** @throws InvalidArgumentError when `evalEnv` is the training environment */
  onTrainingStart({ trainer, globalStep }: TrainerProgress): void {
    if (trainer.env === this.options.evalEnv) {
      throw new InvalidArgumentError(
        "evalEnv",
        "expected separate environments, received those that are trained on, whose episodes an evaluation would " +
          "cut off: make others, e.g. by makeVecEnv",
      );
    }
    this.trigger.start(globalStep);
  }

  /** Evaluates when an evaluation is due. */
  async onStep(progress: TrainerProgress): Promise<boolean> {
    if (!this.trigger.due(progress.globalStep)) return true;
    const { evalEnv, numEpisodes = 5, deterministic, seed } = this.options;
    const { trainer, logger } = progress;
    const evaluation = await evaluatePolicy(trainer, evalEnv, { numEpisodes, deterministic, seed });
    this.lastEvaluation = evaluation;
    this.played = true;
    const { meanReturn, stdReturn, lengths, successRate } = evaluation;
    const row = {
      "eval/mean_reward": meanReturn,
      "eval/std_reward": stdReturn,
      "eval/mean_ep_length": lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
      ...(successRate !== undefined && { "eval/success_rate": successRate }),
      ...stepCount(trainer),
    };
    logger.write(row, progress.globalStep);
    const { bestModelSavePath, callbackOnNewBest, callbackAfterEval } = this.options;
    let running = true;
    if (meanReturn > this.bestMeanReturn) {
      this.bestMeanReturn = meanReturn;
      if (bestModelSavePath !== undefined) await trainer.save(bestModelSavePath);
      running = (await callbackOnNewBest?.onEvaluation(evaluation, progress)) !== false;
    }
    return (await callbackAfterEval?.onEvaluation(evaluation, progress)) !== false && running;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const { evalEnv, callbackOnNewBest, callbackAfterEval } = this.options;
    return {
      bestMeanReturn: this.bestMeanReturn,
      trigger: this.trigger.getState(),
      env: (this.played && this.options.seed === undefined && evalEnv.getState?.()) || null,
      onNewBest: callbackOnNewBest?.getState?.() ?? null,
      afterEval: callbackAfterEval?.getState?.() ?? null,
    };
  }

  /** @inheritDoc */
  setState({ bestMeanReturn, trigger, env, onNewBest, afterEval }: StateRecord): void {
    const { evalEnv, callbackOnNewBest, callbackAfterEval } = this.options;
    this.bestMeanReturn = bestMeanReturn as number;
    this.trigger.setState(trigger as StateRecord);
    this.played = Boolean(env && evalEnv.setState);
    if (env) evalEnv.setState?.(env as StateRecord);
    if (onNewBest) callbackOnNewBest?.setState?.(onNewBest as StateRecord);
    if (afterEval) callbackAfterEval?.setState?.(afterEval as StateRecord);
  }
}
