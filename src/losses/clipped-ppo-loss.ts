/** The clipped surrogate objective of PPO. */

import * as tf from "@tensorflow/tfjs-core";
import { maskedMean } from "./masked-mean.js";

/** Arguments of {@link ClippedPPOLoss.apply}; all tensors have one shape, e.g. `[batch]` or `[batch, time]`. */
export interface ClippedPPOLossInput {
  /** Log-probabilities of the taken actions under the current policy. */
  logProb: tf.Tensor;
  /** Log-probabilities under the policy that acted. */
  oldLogProb: tf.Tensor;
  /** Advantages, usually standardised. */
  advantages: tf.Tensor;
  /** Clip range ε of this call, when it changes during training; default the constructor's. */
  clipRange?: number;
  /** 1 for steps that count, 0 for padding. */
  mask?: tf.Tensor;
}

/** Result of {@link ClippedPPOLoss.apply}; the caller owns the tensors. */
export interface ClippedPPOLossResult {
  /** Scalar to minimise. */
  loss: tf.Scalar;
  /** Share of steps whose ratio left `1 ± ε`. */
  clipFraction: tf.Scalar;
  /** `mean((ρ - 1) - log ρ)`, Schulman's low-variance estimate of the KL divergence. */
  approxKl: tf.Scalar;
  /** `max |ρ - 1|` over the steps that count: 0 but for rounding before the first change of the weights. */
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

  /** @param options `clipRange` ε, default 0.2 */
  constructor(options: { clipRange?: number } = {}) {
    this.clipRange = options.clipRange ?? 0.2;
  }

  /** Computes the loss and its monitors. Differentiable in `logProb`. */
  apply(input: ClippedPPOLossInput): ClippedPPOLossResult {
    const { logProb, oldLogProb, advantages, clipRange = this.clipRange, mask } = input;
    return tf.tidy(() => {
      const logRatio = tf.sub(logProb, oldLogProb);
      const ratio = tf.exp(logRatio);
      const clipped = tf.clipByValue(ratio, 1 - clipRange, 1 + clipRange);
      const gain = tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages));
      const deviation = tf.abs(tf.sub(ratio, 1));
      return {
        loss: tf.neg(maskedMean(gain, mask)) as tf.Scalar,
        clipFraction: maskedMean(tf.cast(tf.greater(deviation, clipRange), "float32"), mask),
        approxKl: maskedMean(tf.sub(tf.sub(ratio, 1), logRatio), mask),
        ratioDeviation: tf.max(mask ? tf.mul(deviation, mask) : deviation) as tf.Scalar,
      };
    });
  }
}
