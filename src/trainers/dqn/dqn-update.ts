/** One gradient step of deep Q-learning. */

import * as tf from "@tensorflow/tfjs-core";
import { type Optimizer, readMetrics } from "tfjs-training";
import { NonFiniteError } from "../../core/errors.js";
import { DQNLoss, tdTargets } from "../../losses/index.js";
import type { ReplayBatch } from "../../memory/index.js";
import type { QNetwork } from "../../models/index.js";
import { trainableVariables } from "../../models/weights.js";
import { frameTensor } from "../common/frame-tensor.js";
import type { DQNHyperparameters } from "./dqn-options.js";

/** Metrics of one gradient step. */
export interface DQNUpdateStatistics {
  /** The loss, including importance weights. */
  loss: number;
  /** Gradient norm before clipping. */
  gradNorm: number;
  /** Mean Q-value of the taken actions, before the step. */
  meanQ: number;
  /** `[batch]` TD errors (target minus value), before the step. */
  tdErrors: Float32Array;
}

/** Options of {@link DQNUpdate}. */
export interface DQNUpdateOptions {
  /** The network to train. */
  model: QNetwork;
  /** The target network. */
  target: QNetwork;
  /** The optimizer of `model`. */
  optimizer: Optimizer;
  /** All hyper-parameters. */
  hyperparameters: DQNHyperparameters;
}

/** Makes gradient steps on batches from a replay memory. */
export class DQNUpdate {
  private readonly loss: DQNLoss;

  constructor(private readonly options: DQNUpdateOptions) {
    const { huberDelta, lossMean } = options.hyperparameters;
    this.loss = new DQNLoss({ delta: huberDelta, mean: lossMean });
  }

  /**
   * Makes one gradient step.
   *
   * @throws NonFiniteError when the loss or the gradient is NaN or infinite; the weights are then unchanged
   */
  async step(batch: ReplayBatch, learningRate: number): Promise<DQNUpdateStatistics> {
    const { model, optimizer, hyperparameters } = this.options;
    const { maxGradNorm, prioritized } = hyperparameters;
    const shape = [batch.size, ...model.observationShape];
    const metrics = tf.tidy(() => {
      const targets = this.targets(batch, shape);
      const losses = () => {
        const { loss, tdErrors } = this.loss.apply({
          q: model.apply(frameTensor(batch.observations, shape)),
          actions: tf.tensor1d(batch.actions, "int32"),
          targets,
          weights: prioritized ? tf.tensor1d(batch.weights) : undefined,
        });
        return { loss, tdErrors, meanQ: tf.mean(tf.sub(targets, tdErrors)) as tf.Scalar };
      };
      return optimizer.minimize(losses, trainableVariables(model.variables), {
        learningRate,
        maxGradNorm,
        constrain: () => model.constrain?.(),
      });
    });
    const { loss, gradNorm, meanQ, tdErrors } = await readMetrics(metrics);
    if (![loss, gradNorm, meanQ, ...tdErrors].every(Number.isFinite)) {
      throw new NonFiniteError(
        `a batch gave loss ${loss}, gradient norm ${gradNorm}, mean value ${meanQ}; lower learningRate or check observations and rewards`,
      );
    }
    return { loss, gradNorm, meanQ, tdErrors };
  }

  private targets(batch: ReplayBatch, shape: number[]): tf.Tensor1D {
    const { model, target, hyperparameters } = this.options;
    return tf.tidy(() => {
      const next = frameTensor(batch.nextObservations, shape);
      return tdTargets({
        rewards: tf.tensor1d(batch.rewards),
        discounts: tf.tensor1d(batch.discounts),
        targetQ: target.apply(next),
        onlineQ: hyperparameters.double ? model.apply(next) : undefined,
      });
    });
  }
}
