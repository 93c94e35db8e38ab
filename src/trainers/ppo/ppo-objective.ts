/** PPO's loss of one minibatch, its monitors and its gradients. */

import * as tf from "@tensorflow/tfjs-core";
import { type ActionDistribution, ClippedPPOLoss, ClippedValueLoss, maskedMean } from "../../losses/index.js";
import type { RolloutMinibatch } from "../../memory/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import { trainableVariables } from "../../models/weights.js";
import { frameTensor } from "../common/frame-tensor.js";
import { type PPOHyperparameters, valueClipOf } from "./ppo-options.js";

/** The numbers of one update that schedules and controllers decide. */
export interface PPOUpdateCoefficients {
  /** Learning rate. */
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

/** Options of {@link PPOObjective}. */
export interface PPOObjectiveOptions {
  /** The network to train. */
  model: ActorCritic;
  /** The distributions that the network's numbers describe. */
  distribution: ActionDistribution;
  /** What decides the loss. */
  hyperparameters: Pick<
    PPOHyperparameters,
    "valueClip" | "clipRangeVf" | "valueLossScale" | "vfCoef" | "klPenalty" | "klEstimator"
  >;
}

/** Computes PPO's loss and its gradients. */
export class PPOObjective {
  private readonly policyLoss: ClippedPPOLoss;
  private readonly valueLoss: ClippedValueLoss;

  constructor(private readonly options: PPOObjectiveOptions) {
    const { klEstimator, valueLossScale } = options.hyperparameters;
    this.policyLoss = new ClippedPPOLoss({ klEstimator });
    const kind = valueClipOf(options.hyperparameters);
    this.valueLoss = new ClippedValueLoss({ kind, scale: valueLossScale });
  }

  /**
   * Gradients of all weights that training changes, by name, and scalars in the order of `lossMonitors`; the caller owns both.
   */
  gradients(
    minibatch: RolloutMinibatch,
    coefficients: PPOUpdateCoefficients,
  ): { gradients: Map<string, tf.Tensor>; monitors: tf.Tensor[] } {
    const { model } = this.options;
    const variables = trainableVariables(model.variables);
    let monitors: tf.Tensor[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const losses = this.losses(minibatch, coefficients);
      monitors = losses.monitors.map((tensor) => tf.keep(tensor));
      return losses.total;
    }, [...variables.values()]);
    const gradients = new Map<string, tf.Tensor>();
    for (const [name, variable] of variables) {
      gradients.set(name, grads[variable.name] ?? tf.zerosLike(variable));
    }
    return { gradients, monitors: [value, ...monitors] };
  }

  private losses(minibatch: RolloutMinibatch, coefficients: PPOUpdateCoefficients) {
    const { model, distribution, hyperparameters } = this.options;
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
    let total = tf.add(surrogate.loss, tf.mul(valueLoss, hyperparameters.vfCoef));
    total = tf.sub(total, tf.mul(entropy, coefficients.entCoef));
    let kl: tf.Tensor = tf.scalar(0);
    if (hyperparameters.klPenalty) {
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
