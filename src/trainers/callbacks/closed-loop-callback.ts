/** A callback that plays games after each epoch of behaviour cloning. */

import { checkOptions } from "../../core/check-options.js";
import type { StateRecord } from "../../core/state.js";
import type { Env } from "../../envs/env.js";
import type { LogRow } from "../../logging/index.js";
import { type ClosedLoopRun, runClosedLoop } from "../cloning/closed-loop.js";
import type { Policy } from "../common/evaluate-policy.js";
import type { HookResult, TrainerCallback, TrainerProgress } from "./callback.js";

/** Options of {@link ClosedLoopCallback}. */
export interface ClosedLoopCallbackOptions {
  /** The environment, wrapped as in the policy's training data; the caller closes it. */
  env: Env;
  /** Episodes to play after each epoch, default 10; under `wrapDeepmind` an episode is a life. */
  numEpisodes?: number;
  /** Resets the environment with this seed each time; without it the environment continues as it is. */
  seed?: number;
  /** The policy to play with under `model.fit`: `classifierPolicy(model)`. Not needed for a trainer. */
  policy?: Policy;
  /** Called with every run and the number of the epoch, from 0; `false` ends a trainer's training. */
  onRun?(run: ClosedLoopRun, epoch: number): HookResult;
}

/**
 * Plays episodes after each epoch, since accuracy on recorded frames says little about the return. A callback
 * for `CloningTrainer.learn`, which logs `eval/mean_reward` and `eval/std_reward` of the episodes, and for `fit` and
 * `fitDataset` of a tfjs-layers model.
 *
 * @example
 * ```ts
 * const closedLoop = new ClosedLoopCallback({
 *   env,
 *   policy: classifierPolicy(model),
 *   onRun: ({ returns }, epoch) => console.log(`Epoch ${epoch} returns: ${returns.join(" ")}`),
 * });
 * await model.layersModel().fitDataset(fitDataset(train), { epochs: 50, callbacks: closedLoop });
 * ```
 */
export class ClosedLoopCallback implements TrainerCallback {
  /** @inheritDoc */
  readonly name = "closed_loop";
  /** Result of the last run. */
  lastRun?: ClosedLoopRun;
  private played = false;

  /** @param options environment, policy and number of episodes */
  constructor(private readonly options: ClosedLoopCallbackOptions) {
    if (new.target === ClosedLoopCallback)
      checkOptions("ClosedLoopCallback", options, ["env", "numEpisodes", "seed", "policy", "onRun"]);
  }

  /** The hook of `fit`; a field, since tfjs calls it without its `this`. */
  readonly onEpochEnd = async (epoch: number): Promise<void> => {
    if (this.options.policy) await this.play(this.options.policy, epoch);
  };

  /** Plays when an epoch has ended. */
  async onUpdateEnd({ trainer, logger }: TrainerProgress, row: LogRow): Promise<boolean> {
    if (!("train/epoch_loss" in row)) return true;
    const { run, goesOn } = await this.play(this.options.policy ?? trainer, Number(row["train/epoch"]));
    for (const value of run.gameReturns) trainer.episodes.add({ return: value, length: run.steps });
    const { mean, std } = meanAndStd(run.returns);
    logger.recordAll({ "eval/mean_reward": mean, "eval/std_reward": std });
    return goesOn;
  }

  private async play(policy: Policy, epoch: number): Promise<{ run: ClosedLoopRun; goesOn: boolean }> {
    const { env, numEpisodes = 10, seed, onRun } = this.options;
    const run = await runClosedLoop(policy, env, { numEpisodes, seed });
    this.lastRun = run;
    this.played = true;
    return { run, goesOn: (await onRun?.(run, epoch)) !== false };
  }

  /** @inheritDoc */
  getState(): StateRecord {
    const { env, seed } = this.options;
    return { env: (this.played && seed === undefined && env.getState?.()) || null };
  }

  /** @inheritDoc */
  setState({ env }: StateRecord): void {
    this.played = Boolean(env && this.options.env.setState);
    if (env) this.options.env.setState?.(env as StateRecord);
  }
}

/** Mean and standard deviation (population) of returns. */
function meanAndStd(values: readonly number[]): { mean: number; std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}
