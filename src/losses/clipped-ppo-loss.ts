/** The clipped surrogate objective of PPO. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { clamp, minus, plus, type ScalarLike } from "./clamp.js";
import { maskedMean } from "./masked-mean.js";

/**
 * Estimators of `KL(old ‖ new)` from samples of the old policy, with `l = logProb - oldLogProb` (Schulman 2020):
 * `"k1"` is `mean(-l)`, `"k2"` is `mean(½ l²)` (labml's monitor), `"k3"` is `mean(eˡ - 1 - l)` (SB3, CleanRL).
 */
export type KLEstimator = "k1" | "k2" | "k3";

/** Names of all estimators. */
export const klEstimators: readonly KLEstimator[] = ["k1", "k2", "k3"];

/** Options of {@link ClippedPPOLoss}. */
export interface ClippedPPOLossOptions {
  /** Clip range ε, default 0.2. */
  clipRange?: number;
  /** Estimator of the monitor `approxKl`, default `"k3"`. */
  klEstimator?: KLEstimator;
}

const names = optionNames<ClippedPPOLossOptions>({
  clipRange: true,
  klEstimator: true,
});

/** Arguments of {@link ClippedPPOLoss.apply}; all tensors have the same shape, e.g. `[batch]` or `[batch, time]`. */
export interface ClippedPPOLossInput {
  /** Log-probabilities of the taken actions under the current policy. */
  logProb: tf.Tensor;
  /** Log-probabilities under the policy that acted. */
  oldLogProb: tf.Tensor;
  /** Advantages, usually standardised. */
  advantages: tf.Tensor;
  /** Clip range ε of this call, if it changes during training; defaults to the constructor's. */
  clipRange?: ScalarLike;
  /** 1 for real steps, 0 for padding. */
  mask?: tf.Tensor;
}

const inputNames = optionNames<ClippedPPOLossInput>({
  logProb: true,
  oldLogProb: true,
  advantages: true,
  clipRange: true,
  mask: true,
});

/** Result of {@link ClippedPPOLoss.apply}; the caller owns the tensors. */
export interface ClippedPPOLossResult {
  /** Scalar to minimise. */
  loss: tf.Scalar;
  /** Share of steps whose ratio left `1 ± ε`. */
  clipFraction: tf.Scalar;
  /** Estimate of the divergence from the old policy. */
  approxKl: tf.Scalar;
  /** `max |ρ - 1|` over real steps: 0 except for rounding before the first change of the weights. */
  ratioDeviation: tf.Scalar;
}

/**
 * PPO's clipped surrogate objective (Schulman et al. 2017, eq. 7) as a loss:
 * `-mean(min(ρ A, clip(ρ, 1 - ε, 1 + ε) A))` with `ρ = exp(logProb - oldLogProb)`.
 *
 * @example
 * ```ts
 * const ppoLoss = new ClippedPPOLoss({ clipRange: 0.2 });
 * const { loss, clipFraction } = ppoLoss.apply({ logProb, oldLogProb, advantages });
 * ```
 */
export class ClippedPPOLoss {
  /** Clip range ε. */
  readonly clipRange: number;

  /** Estimator of `approxKl`. */
  readonly klEstimator: KLEstimator;

  /** @throws InvalidArgumentError when the clip range is not above 0 or the estimator is unknown */
  constructor(options: ClippedPPOLossOptions = {}) {
    if (new.target === ClippedPPOLoss) checkOptions("ClippedPPOLoss", options, names);
    this.clipRange = options.clipRange ?? 0.2;
    this.klEstimator = options.klEstimator ?? "k3";
    if (!(this.clipRange > 0)) {
      throw new InvalidArgumentError("clipRange", `expected a positive number, received ${this.clipRange}`);
    }
    if (!klEstimators.includes(this.klEstimator)) {
      throw new InvalidArgumentError("klEstimator", `expected k1, k2 or k3, received ${this.klEstimator}`);
    }
  }

  /** Computes the loss and its monitors. Differentiable in `logProb`. */
  apply(input: ClippedPPOLossInput): ClippedPPOLossResult {
    checkOptions("ClippedPPOLoss.apply", input, inputNames);
    const { logProb, oldLogProb, advantages, clipRange = this.clipRange, mask } = input;
    return tf.tidy(() => {
      const logRatio = tf.sub(logProb, oldLogProb);
      const ratio = tf.exp(logRatio);
      const clipped = clamp(ratio, minus(1, clipRange), plus(1, clipRange));
      const gain = tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages));
      const deviation = tf.abs(tf.sub(ratio, 1));
      return {
        loss: tf.neg(maskedMean(gain, mask)) as tf.Scalar,
        clipFraction: maskedMean(tf.cast(tf.greater(deviation, clipRange), "float32"), mask),
        approxKl: maskedMean(this.divergence(ratio, logRatio), mask),
        ratioDeviation: tf.max(mask ? tf.mul(deviation, mask) : deviation) as tf.Scalar,
      };
    });
  }

  private divergence(ratio: tf.Tensor, logRatio: tf.Tensor): tf.Tensor {
    if (this.klEstimator === "k1") return tf.neg(logRatio);
    if (this.klEstimator === "k2") return tf.mul(tf.square(logRatio), 0.5);
    return tf.sub(tf.sub(ratio, 1), logRatio);
  }
}
