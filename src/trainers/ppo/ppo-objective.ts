/** PPO's loss of one minibatch and its monitors. */

import * as tf from "@tensorflow/tfjs-core";
import { type ActionDistribution, ClippedPPOLoss, ClippedValueLoss, maskedMean } from "../../losses/index.js";
import type { RolloutMinibatch } from "../../memory/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import { frameTensor } from "../common/frame-tensor.js";
import type { LossMonitor } from "./loss-monitors.js";
import { type PPOHyperparameters, valueClipOf } from "./ppo-options.js";

/** The coefficients of one update, determined by schedules and controllers. */
export interface PPOUpdateCoefficients {
  /** Learning rate. */
  learningRate: number;
  /** Policy clip range. */
  clipRange: number;
  /** Value clip range. */
  clipRangeVf: number;
  /** Weight of the entropy bonus. */
  entCoef: number;
  /** Weight of the KL penalty; 0 disables it. */
  klCoef: number;
}

/** Options of {@link PPOObjective}. */
export interface PPOObjectiveOptions {
  /** The network to train. */
  model: ActorCritic;
  /** The family of distributions that the network parameterises. */
  distribution: ActionDistribution;
  /** The hyper-parameters that determine the loss. */
  hyperparameters: Pick<
    PPOHyperparameters,
    "valueClip" | "clipRangeVf" | "valueLossScale" | "vfCoef" | "klPenalty" | "klEstimator"
  >;
}

/** Computes PPO's loss. */
export class PPOObjective {
  private readonly policyLoss: ClippedPPOLoss;
  private readonly valueLoss: ClippedValueLoss;

  constructor(private readonly options: PPOObjectiveOptions) {
    const { klEstimator, valueLossScale } = options.hyperparameters;
    this.policyLoss = new ClippedPPOLoss({ klEstimator });
    const kind = valueClipOf(options.hyperparameters);
    this.valueLoss = new ClippedValueLoss({ kind, scale: valueLossScale });
  }

  /** The loss with all its {@link lossMonitors}, in the form that `Optimizer.minimize` expects of a loss function. */
  losses(minibatch: RolloutMinibatch, coefficients: PPOUpdateCoefficients): Record<LossMonitor, tf.Scalar> {
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
    let kl = tf.scalar(0);
    if (hyperparameters.klPenalty) {
      const acted = distribution.of(
        tf.tensor3d(minibatch.distributions, [batch, time, model.distributionSize]),
      );
      kl = maskedMean(acted.kl(policy), mask);
      total = tf.add(total, tf.mul(kl, coefficients.klCoef));
    }
    const { loss: policyLoss, approxKl, clipFraction, ratioDeviation } = surrogate;
    const loss = total as tf.Scalar;
    return { loss, policyLoss, valueLoss, entropy, approxKl, clipFraction, ratioDeviation, kl };
  }
}
