/** Callbacks that end training early. */

import { checkInteger } from "../../core/check-integer.js";
import { checkOptions } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { showValue } from "../../core/show-value.js";
import type { StateRecord } from "../../core/state.js";
import type { Evaluation } from "../common/evaluate-policy.js";
import type { TrainerCallback, TrainerProgress } from "./callback.js";
import type { EvaluationListener } from "./eval-callback.js";

/**
 * Ends the training at a mean reward. As `callbackOnNewBest` of an `EvalCallback` it uses evaluations;
 * among the callbacks of `learn`, the last 100 episodes of the training itself.
 *
 * @example
 * ```ts
 * const enough = new StopTrainingOnRewardThreshold({ rewardThreshold: 475 });
 * await trainer.learn({ totalTimesteps: 500_000, callbacks: [enough] });
 * ```
 */
export class StopTrainingOnRewardThreshold implements TrainerCallback, EvaluationListener {
  /** Mean reward at which the training ends. */
  readonly rewardThreshold: number;

  /** @throws InvalidArgumentError when it is not a number */
  constructor(options: {
    /** Mean reward at which the training ends. */
    rewardThreshold: number;
  }) {
    if (new.target === StopTrainingOnRewardThreshold)
      checkOptions("StopTrainingOnRewardThreshold", options, ["rewardThreshold"]);
    this.rewardThreshold = options.rewardThreshold;
    if (typeof this.rewardThreshold !== "number" || Number.isNaN(this.rewardThreshold)) {
      throw new InvalidArgumentError(
        "rewardThreshold",
        `expected a number, received ${showValue(this.rewardThreshold)}`,
      );
    }
  }

  /** @inheritDoc */
  onUpdateEnd({ meanReturn }: TrainerProgress): boolean {
    return !(meanReturn >= this.rewardThreshold);
  }

  /** @inheritDoc */
  onEvaluation({ meanReturn }: Evaluation): boolean {
    return !(meanReturn >= this.rewardThreshold);
  }
}

/**
 * Ends the training after a number of episodes.
 *
 * @example
 * ```ts
 * await trainer.learn({ totalTimesteps: 1e6, callbacks: [new StopTrainingOnMaxEpisodes({ maxEpisodes: 500 })] });
 * ```
 */
export class StopTrainingOnMaxEpisodes implements TrainerCallback {
  /** Number of finished whole episodes, over all environments, after which the training ends. */
  readonly maxEpisodes: number;

  /** @throws InvalidArgumentError when it is not a positive integer */
  constructor(options: {
    /** Number of finished whole episodes, over all environments, after which the training ends. */
    maxEpisodes: number;
  }) {
    if (new.target === StopTrainingOnMaxEpisodes)
      checkOptions("StopTrainingOnMaxEpisodes", options, ["maxEpisodes"]);
    this.maxEpisodes = options.maxEpisodes;
    checkInteger("maxEpisodes", options.maxEpisodes);
  }

  /** @inheritDoc */
  onStep({ numEpisodes }: TrainerProgress): boolean {
    return numEpisodes < this.maxEpisodes;
  }
}

/**
 * Ends the training when evaluations no longer improve: for `callbackAfterEval` of an `EvalCallback`.
 *
 * @example
 * ```ts
 * const evaluation = new EvalCallback({
 *   evalEnv: makeVecEnv("CartPole-v1", { numEnvs: 5 }),
 *   callbackAfterEval: new StopTrainingOnNoModelImprovement({ maxNoImprovementEvals: 5 }),
 * });
 * ```
 */
export class StopTrainingOnNoModelImprovement implements EvaluationListener {
  private readonly maxNoImprovementEvals: number;
  private readonly minEvals: number;
  private best = Number.NEGATIVE_INFINITY;
  private evals = 0;
  private without = 0;

  /** @throws InvalidArgumentError when `maxNoImprovementEvals` is not a positive integer */
  constructor(options: {
    /** Consecutive evaluations without a new best after which the training ends. */
    maxNoImprovementEvals: number;
    /** Evaluations before counting starts, default 0. */
    minEvals?: number;
  }) {
    if (new.target === StopTrainingOnNoModelImprovement)
      checkOptions("StopTrainingOnNoModelImprovement", options, ["maxNoImprovementEvals", "minEvals"]);
    this.maxNoImprovementEvals = options.maxNoImprovementEvals;
    this.minEvals = options.minEvals ?? 0;
    checkInteger("maxNoImprovementEvals", options.maxNoImprovementEvals);
  }

  /** @inheritDoc */
  onEvaluation({ meanReturn }: Evaluation): boolean {
    this.evals++;
    const better = meanReturn > this.best;
    this.best = Math.max(this.best, meanReturn);
    this.without = better || this.evals <= this.minEvals ? 0 : this.without + 1;
    return this.without < this.maxNoImprovementEvals;
  }

  /** @inheritDoc */
  getState(): StateRecord {
    return { best: this.best, evals: this.evals, without: this.without };
  }

  /** @inheritDoc */
  setState({ best, evals, without }: StateRecord): void {
    this.best = best as number;
    this.evals = evals as number;
    this.without = without as number;
  }
}
