/** One gradient step of deep Q-learning. */

import * as tf from "@tensorflow/tfjs-core";
import {
  type ArrayInput,
  type CompiledStep,
  compile,
  type Optimizer,
  type TracedInputs,
} from "tfjs-training";
import { NonFiniteError } from "../../core/errors.js";
import { DQNLoss, tdTargets } from "../../losses/index.js";
import type { ReplayBatch } from "../../memory/index.js";
import type { QNetwork } from "../../models/index.js";
import { trainableVariables } from "../../models/weights.js";
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

type Inputs = {
  observations: ArrayInput;
  nextObservations: ArrayInput;
  actions: ArrayInput;
  rewards: ArrayInput;
  discounts: ArrayInput;
  weights: ArrayInput | undefined;
  learningRate: number;
};

type Outputs = { loss: tf.Scalar; gradNorm: tf.Scalar; meanQ: tf.Scalar; tdErrors: tf.Tensor1D };

/** Makes gradient steps on batches from a replay memory. */
export class DQNUpdate {
  private readonly gradientStep: CompiledStep<Inputs, Outputs>;

  constructor(private readonly options: DQNUpdateOptions) {
    const { model, optimizer, hyperparameters } = options;
    const { huberDelta, lossMean, maxGradNorm } = hyperparameters;
    const loss = new DQNLoss({ delta: huberDelta, mean: lossMean });
    this.gradientStep = compile(
      (inputs) => {
        const targets = this.targets(inputs);
        const losses = () => {
          const { loss: total, tdErrors } = loss.apply({
            q: model.apply(inputs.observations),
            actions: inputs.actions as tf.Tensor1D,
            targets,
            weights: inputs.weights as tf.Tensor1D | undefined,
          });
          return { loss: total, tdErrors, meanQ: tf.mean(tf.sub(targets, tdErrors)) as tf.Scalar };
        };
        return optimizer.minimize(losses, trainableVariables(model.variables), {
          learningRate: inputs.learningRate,
          maxGradNorm,
          constrain: () => model.constrain?.(),
        });
      },
      { name: "DQN's gradient step" },
    );
  }

  /**
   * Makes one gradient step, which overwrites the arrays of the previous result.
   *
   * @throws NonFiniteError when the loss or the gradient is NaN or infinite; the weights are then unchanged
   */
  async step(batch: ReplayBatch, learningRate: number): Promise<DQNUpdateStatistics> {
    const { model, hyperparameters } = this.options;
    const shape = [batch.size, ...model.observationShape];
    const rows = [batch.size];
    const metrics = await this.gradientStep.read({
      observations: { values: batch.observations, shape },
      nextObservations: { values: batch.nextObservations, shape },
      actions: { values: batch.actions, shape: rows },
      rewards: { values: batch.rewards, shape: rows },
      discounts: { values: batch.discounts, shape: rows },
      weights: hyperparameters.prioritized ? { values: batch.weights, shape: rows } : undefined,
      learningRate,
    });
    const { loss, gradNorm, meanQ, tdErrors } = metrics;
    if (![loss, gradNorm, meanQ].every(Number.isFinite) || !tdErrors.every(Number.isFinite)) {
      throw new NonFiniteError(
        `a batch gave loss ${loss}, gradient norm ${gradNorm}, mean value ${meanQ}; lower learningRate or check observations and rewards`,
      );
    }
    return { loss, gradNorm, meanQ, tdErrors };
  }

  /** Frees the compiled step. */
  dispose(): void {
    this.gradientStep.dispose();
  }

  private targets({ nextObservations: next, rewards, discounts }: TracedInputs<Inputs>): tf.Tensor1D {
    const { model, target, hyperparameters } = this.options;
    return tf.tidy(() =>
      tdTargets({
        rewards: rewards as tf.Tensor1D,
        discounts: discounts as tf.Tensor1D,
        targetQ: target.apply(next),
        onlineQ: hyperparameters.double ? model.apply(next) : undefined,
      }),
    );
  }
}
