/** The loss of deep Q-learning. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { oneHotRows } from "../recurrent/ops/one-hot-rows.js";
import { huber } from "./huber.js";

/** Options of {@link DQNLoss}. */
export interface DQNLossOptions {
  /** Threshold δ of the Huber loss, default 1; `null` for half the squared error. */
  delta?: number | null;
  /**
   * Which actions the loss averages over: the taken ones (`"taken"`, the default, as in other libraries), or all of
   * them (`"all"`), where the others have no error. Keras does the latter when it is given whole rows of targets: loss
   * and gradient are divided by the number of actions.
   */
  mean?: "taken" | "all";
}

const names = optionNames<DQNLossOptions>({
  delta: true,
  mean: true,
});

/** Arguments of {@link DQNLoss.apply}. */
export interface DQNLossInput {
  /** `[batch, actions]` Q-values of the trained network. */
  q: tf.Tensor2D;
  /** `[batch]` taken actions, int32. */
  actions: tf.Tensor1D;
  /** `[batch]` targets of their values; they get no gradient. */
  targets: tf.Tensor1D;
  /** `[batch]` weights of the transitions; default 1 each. */
  weights?: tf.Tensor1D;
}

const inputNames = optionNames<DQNLossInput>({
  q: true,
  actions: true,
  targets: true,
  weights: true,
});

/** Result of {@link DQNLoss.apply}; the caller owns the tensors. */
export interface DQNLossResult {
  /** Weighted mean of the Huber loss. */
  loss: tf.Scalar;
  /** `[batch]` TD errors: target minus value. */
  tdErrors: tf.Tensor1D;
}

/**
 * The Huber loss between the Q-values of the taken actions and their targets.
 *
 * @example
 * ```ts
 * const { loss, tdErrors } = new DQNLoss().apply({ q: model.apply(observations), actions, targets });
 * ```
 */
export class DQNLoss {
  private readonly delta: number;
  private readonly mean: "taken" | "all";

  /** @throws InvalidArgumentError when `delta` is not above 0 */
  constructor(options: DQNLossOptions = {}) {
    if (new.target === DQNLoss) checkOptions("DQNLoss", options, names);
    const { delta = 1, mean = "taken" } = options;
    if (delta !== null && !(delta > 0)) {
      throw new InvalidArgumentError("delta", `expected a number above 0 or null, received ${delta}`);
    }
    if (mean !== "taken" && mean !== "all") {
      throw new InvalidArgumentError("mean", `expected "taken" or "all", received ${mean}`);
    }
    this.delta = delta ?? Number.POSITIVE_INFINITY;
    this.mean = mean;
  }

  /** Computes the loss of one batch. Differentiable in `q`. */
  apply(input: DQNLossInput): DQNLossResult {
    checkOptions("DQNLoss.apply", input, inputNames);
    const { q, actions, targets, weights } = input;
    const [, numActions] = q.shape;
    return tf.tidy(() => {
      const taken = tf.sum(tf.mul(q, oneHotRows(actions, numActions)), 1);
      const tdErrors = tf.sub(targets, taken) as tf.Tensor1D;
      const losses = huber(tdErrors, this.delta);
      const mean = tf.mean(weights ? tf.mul(weights, losses) : losses);
      return { loss: (this.mean === "all" ? tf.div(mean, numActions) : mean) as tf.Scalar, tdErrors };
    });
  }
}
