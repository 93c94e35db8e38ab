/** One PPO update: epochs of minibatches over a finished rollout. */

import * as tf from "@tensorflow/tfjs-core";
import { NonFiniteError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { EventLoopTurns } from "../core/yield.js";
import { standardize } from "../losses/index.js";
import {
  cutSequences,
  type RolloutBuffer,
  type RolloutMinibatch,
  type Sequences,
  splitMinibatches,
} from "../memory/index.js";
import { trainableVariables } from "../models/weights.js";
import type { Optimizer } from "../optimizers/index.js";
import {
  lossMonitors,
  PPOObjective,
  type PPOObjectiveOptions,
  type PPOUpdateCoefficients,
} from "./ppo-objective.js";
import type { PPOHyperparameters } from "./ppo-options.js";

const monitorNames = [...lossMonitors, "gradNorm"] as const;

/** Means over all minibatches of one update. */
export type PPOUpdateStatistics = Record<(typeof monitorNames)[number], number> & {
  /** Gradient steps made. */
  minibatches: number;
  /** Passes over the rollout, fewer than asked when `targetKl` stopped the update. */
  epochs: number;
  /**
   * `max |ratio - 1|` of the first minibatch: 0 but for rounding, unless states, resets or masks of
   * training differ from those of acting.
   */
  firstRatioDeviation: number;
};

/** Learners on several threads, which make the steps in place of this one alone. */
export interface MinibatchLearners {
  /** Makes all learners ready for an update from what stands in the rollout. */
  begin(): Promise<void>;
  /** Makes one step; gives the numbers of {@link lossMonitors} and the length of the gradient. */
  step(minibatch: Sequences, coefficients: PPOUpdateCoefficients): Promise<ArrayLike<number>>;
}

/** Options of {@link PPOUpdate}. */
export interface PPOUpdateOptions extends PPOObjectiveOptions {
  /** Changes the weights. */
  optimizer: Optimizer;
  /** Draws the order of minibatches. */
  random: Random;
  /** All hyper-parameters. */
  hyperparameters: PPOHyperparameters;
  /** Several learners; default this thread alone. */
  learners?: MinibatchLearners;
}

/** Makes PPO updates from rollouts whose advantages and returns are filled in. */
export class PPOUpdate {
  private readonly objective: PPOObjective;
  private readonly turns = new EventLoopTurns();

  constructor(private readonly options: PPOUpdateOptions) {
    this.objective = new PPOObjective(options);
  }

  /**
   * Trains on one rollout.
   *
   * @throws NonFiniteError when a loss or gradient is NaN or infinite; the weights stay as before that minibatch
   * @throws LearnerFailedError when another learner fails, ends or hangs
   */
  async run(buffer: RolloutBuffer, coefficients: PPOUpdateCoefficients): Promise<PPOUpdateStatistics> {
    const { random, hyperparameters, learners } = this.options;
    const { nEpochs, batchSize, minibatchMode, targetKl, normalizeAdvantage } = hyperparameters;
    if (normalizeAdvantage?.over === "rollout") standardize(buffer.advantages, normalizeAdvantage);
    const sequences = this.sequences(buffer);
    const monitors: ArrayLike<number>[] = [];
    let epochs = 0;
    await learners?.begin();
    while (epochs < nEpochs) {
      const first = monitors.length;
      for (const minibatch of splitMinibatches({ sequences, batchSize, random, mode: minibatchMode })) {
        const numbers = learners
          ? await learners.step(minibatch, coefficients)
          : await this.step(buffer.gather(minibatch), coefficients);
        requireFinite(numbers);
        await this.turns.give();
        monitors.push(numbers);
      }
      epochs++;
      const approxKl = mean(monitors.slice(first), monitorNames.indexOf("approxKl"));
      if (targetKl !== null && approxKl > 1.5 * targetKl) break;
    }
    const means = monitorNames.map((name, i) => [name, mean(monitors, i)] as const);
    return {
      ...(Object.fromEntries(means) as Record<(typeof monitorNames)[number], number>),
      minibatches: monitors.length,
      epochs,
      firstRatioDeviation: monitors[0][monitorNames.indexOf("ratioDeviation")],
    };
  }

  private sequences(buffer: RolloutBuffer): Sequences {
    const { sequenceLength, cutAtEpisodes } = this.options.hyperparameters;
    return cutSequences({
      numEnvs: buffer.numEnvs,
      numSteps: buffer.numSteps,
      maxLength: buffer.stateSize === 0 ? 1 : (sequenceLength ?? buffer.numSteps),
      episodeStarts: cutAtEpisodes ? buffer.episodeStarts : undefined,
    });
  }

  private async step(
    minibatch: RolloutMinibatch,
    coefficients: PPOUpdateCoefficients,
  ): Promise<Float32Array> {
    const { model, optimizer, hyperparameters } = this.options;
    const { normalizeAdvantage, maxGradNorm } = hyperparameters;
    if (normalizeAdvantage?.over === "minibatch") standardizeReal(minibatch, normalizeAdvantage);
    const { gradients, monitors } = this.objective.gradients(minibatch, coefficients);
    const { gradNorm } = optimizer.applyGradients(gradients, trainableVariables(model.variables), {
      learningRate: coefficients.learningRate,
      maxGradNorm: maxGradNorm ?? undefined,
      // WebGPU cannot be read in the middle of a step: there the check comes after the change.
      skipNonFinite: tf.getBackend() !== "webgpu",
    });
    model.constrain?.();
    const read = tf.stack([...monitors, gradNorm]);
    const numbers = (await read.data<"float32">()) as Float32Array;
    tf.dispose([gradNorm, read, ...monitors, ...gradients.values()]);
    return numbers;
  }
}

function requireFinite(numbers: ArrayLike<number>): void {
  if (Array.from(numbers).every(Number.isFinite)) return;
  const named = monitorNames.map((name, i) => `${name} ${numbers[i]}`).join(", ");
  throw new NonFiniteError(`a minibatch gave ${named}; lower learningRate or check observations and rewards`);
}

// Padding must not move the mean or the deviation.
function standardizeReal(minibatch: RolloutMinibatch, options: Parameters<typeof standardize>[1]): void {
  const { advantages, mask } = minibatch;
  if (!mask) {
    standardize(advantages, options);
    return;
  }
  const real = standardize(
    advantages.filter((_, i) => mask[i] === 1),
    options,
  );
  let next = 0;
  for (let i = 0; i < advantages.length; i++) if (mask[i] === 1) advantages[i] = real[next++];
}

function mean(rows: ArrayLike<number>[], column: number): number {
  return rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
}
