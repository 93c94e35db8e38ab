/** One PPO update: epochs of minibatches over a finished rollout. */

import type * as tf from "@tensorflow/tfjs-core";
import { type CompiledStep, compile, type Optimizer } from "tfjs-training";
import { NonFiniteError } from "../../core/errors.js";
import type { Random } from "../../core/random.js";
import { EventLoopTurns } from "../../core/yield.js";
import { type StandardizeOptions, standardize } from "../../losses/index.js";
import {
  type RolloutBuffer,
  type RolloutMinibatch,
  type Sequences,
  splitMinibatches,
} from "../../memory/index.js";
import { trainableVariables } from "../../models/weights.js";
import { standardizeMinibatch } from "./learners/shares.js";
import { inOrder, type LossMonitor, lossMonitors } from "./loss-monitors.js";
import type { PPOUpdateCoefficients } from "./minibatch-inputs.js";
import { type MinibatchInputs, minibatchInputs } from "./minibatch-inputs.js";
import { PPOObjective, type PPOObjectiveOptions } from "./ppo-objective.js";
import type { PPOHyperparameters } from "./ppo-options.js";
import { endsAfterEpoch, endsBeforeStep, stopBeforeStep } from "./target-kl.js";

/** Means over all minibatches of one update, including the one before whose step `targetKl` ended it. */
export type PPOUpdateStatistics = Record<LossMonitor, number> & {
  /** Mean gradient norm before clipping, over the steps made; 0 if there were none. */
  gradNorm: number;
  /** Loss of the last minibatch. */
  lastLoss: number;
  /** Mean of `approxKl` over the minibatches of the last epoch. */
  lastApproxKl: number;
  /** Number of gradient steps. */
  minibatches: number;
  /** Number of passes over the rollout, the last of which `targetKl` may have cut short. */
  epochs: number;
  /**
   * `max |ratio - 1|` of the first minibatch: 0 except for rounding, unless states, resets or masks in
   * training differ from those while acting.
   */
  firstRatioDeviation: number;
};

/** Result of one minibatch. */
export interface MinibatchResult {
  /** The metrics of {@link lossMonitors}. */
  monitors: ArrayLike<number>;
  /** Gradient norm before clipping; missing where `targetKl` ended the update before the step. */
  gradNorm?: number;
}

/** Learners on several threads, which make the steps together. */
export interface MinibatchLearners {
  /** Prepares all learners for an update on the current rollout. */
  begin(): Promise<void>;
  /** Makes one gradient step. */
  step(minibatch: Sequences, coefficients: PPOUpdateCoefficients): Promise<MinibatchResult>;
}

/** Options of {@link PPOUpdate}. */
export interface PPOUpdateOptions extends PPOObjectiveOptions {
  /** The optimizer of `model`. */
  optimizer: Optimizer;
  /** Generator of the order of minibatches. */
  random: Random;
  /** All hyper-parameters. */
  hyperparameters: PPOHyperparameters;
  /** Several learners; defaults to this thread alone. */
  learners?: MinibatchLearners;
}

/** Makes PPO updates on rollouts whose advantages and returns are filled in. */
export class PPOUpdate {
  private readonly gradientStep: CompiledStep<MinibatchInputs, Record<LossMonitor | "gradNorm", tf.Scalar>>;
  private readonly turns = new EventLoopTurns();

  constructor(private readonly options: PPOUpdateOptions) {
    const { model, optimizer, hyperparameters } = options;
    const objective = new PPOObjective(options);
    this.gradientStep = compile(
      (inputs) =>
        optimizer.minimize(() => objective.losses(inputs), trainableVariables(model.variables), {
          learningRate: inputs.learningRate,
          maxGradNorm: hyperparameters.maxGradNorm,
          stopWhen: stopBeforeStep(hyperparameters),
          constrain: () => model.constrain?.(),
        }),
      { name: "PPO's gradient step" },
    );
  }

  /**
   * Trains on one rollout.
   *
   * @throws NonFiniteError when a loss or gradient is NaN or infinite; the weights are those before that minibatch
   * @throws LearnerFailedError when another learner fails, ends or hangs
   */
  async run(buffer: RolloutBuffer, coefficients: PPOUpdateCoefficients): Promise<PPOUpdateStatistics> {
    const { random, hyperparameters, learners } = this.options;
    const { nEpochs, batchSize, minibatchMode, sequenceLength, cutAtEpisodes, normalizeAdvantage } =
      hyperparameters;
    const { over, ...how } = normalizeAdvantage ?? {};
    if (over === "rollout") standardize(buffer.advantages, how);
    const sequences = buffer.sequences({ sequenceLength: sequenceLength ?? undefined, cutAtEpisodes });
    const monitors: ArrayLike<number>[] = [];
    const norms: number[] = [];
    let epoch: ArrayLike<number>[] = [];
    let [epochs, ended] = [0, false];
    await learners?.begin();
    while (epochs < nEpochs && !ended) {
      epoch = [];
      for (const minibatch of splitMinibatches({ sequences, batchSize, random, mode: minibatchMode })) {
        const result = learners
          ? await learners.step(minibatch, coefficients)
          : await this.step(buffer.gather(minibatch), coefficients);
        requireFinite(result);
        await this.turns.give();
        epoch.push(result.monitors);
        ended = result.gradNorm === undefined;
        if (result.gradNorm === undefined) break;
        norms.push(result.gradNorm);
      }
      monitors.push(...epoch);
      epochs++;
      ended ||= endsAfterEpoch(epoch, hyperparameters);
    }
    const means = lossMonitors.map((name, i) => [name, mean(monitors, i)] as const);
    return {
      ...(Object.fromEntries(means) as Record<LossMonitor, number>),
      gradNorm: norms.length > 0 ? norms.reduce((sum, norm) => sum + norm, 0) / norms.length : 0,
      lastLoss: monitors[monitors.length - 1][lossMonitors.indexOf("loss")],
      lastApproxKl: mean(epoch, lossMonitors.indexOf("approxKl")),
      minibatches: norms.length,
      epochs,
      firstRatioDeviation: monitors[0][lossMonitors.indexOf("ratioDeviation")],
    };
  }

  private async step(
    minibatch: RolloutMinibatch,
    coefficients: PPOUpdateCoefficients,
  ): Promise<MinibatchResult> {
    const { hyperparameters, model, distribution } = this.options;
    const { normalizeAdvantage, klPenalty } = hyperparameters;
    const { over, ...how } = normalizeAdvantage ?? {};
    if (over === "minibatch") standardizeReal(minibatch, how);
    const inputs = minibatchInputs(minibatch, coefficients, {
      model,
      distribution,
      klPenalty: klPenalty !== null,
    });
    const metrics = await this.gradientStep.read(inputs);
    const monitors = inOrder(metrics);
    return endsBeforeStep(monitors, hyperparameters)
      ? { monitors }
      : { monitors, gradNorm: metrics.gradNorm };
  }

  /** Frees the compiled step. */
  dispose(): void {
    this.gradientStep.dispose();
  }
}

function requireFinite({ monitors, gradNorm }: MinibatchResult): void {
  const known = gradNorm === undefined ? Array.from(monitors) : [...Array.from(monitors), gradNorm];
  if (known.every(Number.isFinite)) return;
  const named = known.map((number, i) => `${lossMonitors[i] ?? "gradNorm"} ${number}`).join(", ");
  throw new NonFiniteError(`a minibatch gave ${named}; lower learningRate or check observations and rewards`);
}

// Padding must not affect the mean or the standard deviation.
function standardizeReal(minibatch: RolloutMinibatch, options: StandardizeOptions): void {
  const { advantages, mask } = minibatch;
  if (!mask) {
    standardizeMinibatch(advantages, options);
    return;
  }
  const real = standardizeMinibatch(
    advantages.filter((_, i) => mask[i] === 1),
    options,
  );
  let next = 0;
  for (let i = 0; i < advantages.length; i++) if (mask[i] === 1) advantages[i] = real[next++];
}

function mean(rows: ArrayLike<number>[], column: number): number {
  return rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
}
