/** PPO's loss of one minibatch and its monitors. */

import * as tf from "@tensorflow/tfjs-core";
import type { TracedInputs } from "tfjs-training";
import { type ActionDistribution, ClippedPPOLoss, ClippedValueLoss, maskedMean } from "../../losses/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import type { LossMonitor } from "./loss-monitors.js";
import type { MinibatchInputs } from "./minibatch-inputs.js";
import { type PPOHyperparameters, valueClipOf } from "./ppo-options.js";

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
  losses(inputs: TracedInputs<MinibatchInputs>): Record<LossMonitor, tf.Scalar> {
    const { model, distribution, hyperparameters } = this.options;
    const { states, resets, mask, distributions } = inputs;
    const output = model.apply(inputs.observations, {
      state: states as tf.Tensor2D | undefined,
      resets: resets as tf.Tensor2D | undefined,
      mask: mask as tf.Tensor2D | undefined,
    });
    const policy = distribution.of(output.distribution);
    const surrogate = this.policyLoss.apply({
      logProb: policy.logProb(inputs.actions),
      oldLogProb: inputs.logProbs,
      advantages: inputs.advantages,
      clipRange: inputs.clipRange,
      mask,
    });
    const valueLoss = this.valueLoss.apply({
      values: output.values,
      oldValues: inputs.values,
      returns: inputs.returns,
      clipRange: inputs.clipRangeVf,
      mask,
    });
    const entropy = maskedMean(policy.entropy(), mask);
    let total = tf.add(surrogate.loss, tf.mul(valueLoss, hyperparameters.vfCoef));
    total = tf.sub(total, tf.mul(entropy, inputs.entCoef));
    let kl = tf.scalar(0);
    if (distributions) {
      kl = maskedMean(distribution.of(distributions).kl(policy), mask);
      total = tf.add(total, tf.mul(kl, inputs.klCoef));
    }
    const { loss: policyLoss, approxKl, clipFraction, ratioDeviation } = surrogate;
    const loss = total as tf.Scalar;
    return { loss, policyLoss, valueLoss, entropy, approxKl, clipFraction, ratioDeviation, kl };
  }
}
