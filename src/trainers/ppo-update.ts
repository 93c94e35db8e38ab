/** One PPO update: epochs of minibatches over a finished rollout. */

import * as tf from "@tensorflow/tfjs-core";
import { NonFiniteError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import {
  type ActionDistribution,
  ClippedPPOLoss,
  ClippedValueLoss,
  maskedMean,
  standardize,
} from "../losses/index.js";
import {
  cutSequences,
  type RolloutBuffer,
  type RolloutMinibatch,
  type Sequences,
  splitMinibatches,
} from "../memory/index.js";
import type { ActorCritic } from "../models/actor-critic.js";
import type { Optimizer } from "../optimizers/index.js";
import { frameTensor } from "./frame-tensor.js";
import type { PPOHyperparameters } from "./ppo-options.js";

/** The numbers of one update that schedules and controllers decide. */
export interface PPOUpdateCoefficients {
  /** Step size. */
  learningRate: number;
  /** Policy clip range. */
  clipRange: number;
  /** Value clip range. */
  clipRangeVf: number;
  /** Weight of the entropy bonus. */
  entCoef: number;
  /** Weight of the KL penalty; 0 leaves it out. */
  klCoef: number;
}

const monitorNames = [
  "loss",
  "policyLoss",
  "valueLoss",
  "entropy",
  "approxKl",
  "clipFraction",
  "ratioDeviation",
  "kl",
  "gradNorm",
] as const;

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

/** Options of {@link PPOUpdate}. */
export interface PPOUpdateOptions {
  /** The network to train. */
  model: ActorCritic;
  /** The distributions that the network's numbers describe. */
  distribution: ActionDistribution;
  /** Changes the weights. */
  optimizer: Optimizer;
  /** Draws the order of minibatches. */
  random: Random;
  /** All hyper-parameters. */
  hyperparameters: PPOHyperparameters;
}

/** Makes PPO updates from rollouts whose advantages and returns are filled in. */
export class PPOUpdate {
  private readonly policyLoss = new ClippedPPOLoss();
  private readonly valueLoss: ClippedValueLoss;

  constructor(private readonly options: PPOUpdateOptions) {
    const { valueClip, valueLossScale } = options.hyperparameters;
    this.valueLoss = new ClippedValueLoss({ kind: valueClip, scale: valueLossScale ?? undefined });
  }

  /**
   * Trains on one rollout.
   *
   * @throws NonFiniteError when a loss or gradient is NaN or infinite; the weights stay as before that minibatch
   */
  async run(buffer: RolloutBuffer, coefficients: PPOUpdateCoefficients): Promise<PPOUpdateStatistics> {
    const { random, hyperparameters } = this.options;
    const { nEpochs, batchSize, minibatchMode, targetKl, normalizeAdvantage } = hyperparameters;
    if (normalizeAdvantage?.over === "rollout") standardize(buffer.advantages, normalizeAdvantage);
    const sequences = this.sequences(buffer);
    const monitors: Float32Array[] = [];
    let epochs = 0;
    while (epochs < nEpochs) {
      const first = monitors.length;
      for (const minibatch of splitMinibatches({ sequences, batchSize, random, mode: minibatchMode })) {
        monitors.push(await this.step(buffer.gather(minibatch), coefficients));
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
    const variables = [...model.variables.values()];
    let monitors: tf.Tensor[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const losses = this.losses(minibatch, coefficients);
      monitors = losses.monitors.map((tensor) => tf.keep(tensor));
      return losses.total;
    }, variables);
    const gradients = new Map<string, tf.Tensor>();
    for (const [name, variable] of model.variables) {
      gradients.set(name, grads[variable.name] ?? tf.zerosLike(variable));
    }
    const { gradNorm } = optimizer.applyGradients(gradients, model.variables, {
      learningRate: coefficients.learningRate,
      maxGradNorm: maxGradNorm ?? undefined,
      // WebGPU cannot be read in the middle of a step: there the check below comes after the change.
      skipNonFinite: tf.getBackend() !== "webgpu",
    });
    const read = tf.stack([value, ...monitors, gradNorm]);
    const numbers = (await read.data<"float32">()) as Float32Array;
    tf.dispose([value, gradNorm, read, ...monitors, ...gradients.values()]);
    if (!numbers.every(Number.isFinite)) {
      const named = monitorNames.map((name, i) => `${name} ${numbers[i]}`).join(", ");
      throw new NonFiniteError(
        `a minibatch gave ${named}; lower learningRate or check observations and rewards`,
      );
    }
    return numbers;
  }

  private losses(minibatch: RolloutMinibatch, coefficients: PPOUpdateCoefficients) {
    const { model, distribution } = this.options;
    const { batch, time } = minibatch;
    const grid = (values: Float32Array) => tf.tensor2d(values, [batch, time]);
    const mask = minibatch.mask && grid(minibatch.mask);
    const output = model.apply(
      frameTensor(minibatch.observations, [batch, time, ...model.observationShape]),
      {
        state: model.stateSize > 0 ? tf.tensor2d(minibatch.states, [batch, model.stateSize]) : undefined,
        resets: minibatch.resets && grid(minibatch.resets),
        mask,
      },
    );
    const policy = distribution.of(output.distribution);
    const actions = tf.tensor(minibatch.actions, [batch, time, ...distribution.actionShape]);
    const surrogate = this.policyLoss.apply({
      logProb: policy.logProb(actions),
      oldLogProb: grid(minibatch.logProbs),
      advantages: grid(minibatch.advantages),
      clipRange: coefficients.clipRange,
      mask,
    });
    const valueLoss = this.valueLoss.apply({
      values: output.values,
      oldValues: grid(minibatch.values),
      returns: grid(minibatch.returns),
      clipRange: coefficients.clipRangeVf,
      mask,
    });
    const entropy = maskedMean(policy.entropy(), mask);
    let total = tf.add(surrogate.loss, tf.mul(valueLoss, this.options.hyperparameters.vfCoef));
    total = tf.sub(total, tf.mul(entropy, coefficients.entCoef));
    let kl: tf.Tensor = tf.scalar(0);
    if (this.options.hyperparameters.klPenalty) {
      const acted = distribution.of(
        tf.tensor3d(minibatch.distributions, [batch, time, model.distributionSize]),
      );
      kl = maskedMean(acted.kl(policy), mask);
      total = tf.add(total, tf.mul(kl, coefficients.klCoef));
    }
    const { loss, approxKl, clipFraction, ratioDeviation } = surrogate;
    const monitors = [loss, valueLoss, entropy, approxKl, clipFraction, ratioDeviation, kl];
    return { total: total as tf.Scalar, monitors };
  }
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

function mean(rows: Float32Array[], column: number): number {
  return rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
}
