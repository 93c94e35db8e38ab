/** Normal distributions with independent components: policies over continuous actions. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { ActionSample, Distribution, SampleActionsOptions } from "./distribution.js";

const LOG_2_PI = Math.log(2 * Math.PI);

/**
 * A batch of normal distributions with diagonal covariance, over tensors. Components are independent:
 * log-densities, entropies and divergences are sums over the last axis.
 *
 * @example
 * ```ts
 * const policy = new DiagonalGaussian(mean, logStd); // [..., n] and [n]
 * const loss = tf.neg(tf.mean(policy.logProb(actions)));
 * ```
 */
export class DiagonalGaussian implements Distribution {
  /** Log standard deviations, broadcast to the means' shape. */
  readonly logStd: tf.Tensor;

  /**
   * @param mean `[..., n]`
   * @param logStd natural logarithms of the standard deviations, `[..., n]` or anything that broadcasts to it
   */
  constructor(
    readonly mean: tf.Tensor,
    logStd: tf.Tensor,
  ) {
    this.logStd = logStd.shape.join() === mean.shape.join() ? logStd : tf.add(tf.zerosLike(mean), logStd);
  }

  /**
   * Splits a network's output: `n` means followed by `n` log standard deviations.
   *
   * @param parameters `[..., 2 n]`
   * @throws ShapeError when the last axis is odd
   */
  static fromParameters(parameters: tf.Tensor): DiagonalGaussian {
    const size = parameters.shape[parameters.rank - 1];
    if (size % 2 !== 0) throw new ShapeError("parameters", "[..., 2 n]", parameters.shape);
    const [mean, logStd] = tf.split(parameters, 2, -1);
    return new DiagonalGaussian(mean, logStd);
  }

  /** Log-densities of `actions` `[..., n]`. */
  logProb(actions: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const score = tf.mul(tf.sub(actions, this.mean), tf.exp(tf.neg(this.logStd)));
      return tf.sum(tf.sub(tf.mul(tf.square(score), -0.5), tf.add(this.logStd, LOG_2_PI / 2)), -1);
    });
  }

  /** Differential entropies in nats, `Σ (½ + ½ ln 2π + ln σ)`. */
  entropy(): tf.Tensor {
    return tf.tidy(() => tf.sum(tf.add(this.logStd, (1 + LOG_2_PI) / 2), -1));
  }

  /** Divergences `KL(this ‖ other) = Σ (ln σ₂ - ln σ₁ + (σ₁² + (μ₁ - μ₂)²) / 2 σ₂² - ½)` in nats. */
  kl(other: DiagonalGaussian): tf.Tensor {
    return tf.tidy(() => {
      const difference = tf.sub(other.logStd, this.logStd);
      const variances = tf.exp(tf.mul(difference, -2));
      const distance = tf.square(tf.mul(tf.sub(this.mean, other.mean), tf.exp(tf.neg(other.logStd))));
      return tf.sum(tf.add(difference, tf.mul(tf.sub(tf.add(variances, distance), 1), 0.5)), -1);
    });
  }

  /** The means: most probable actions. */
  mode(): tf.Tensor {
    return tf.clone(this.mean);
  }
}

/** Result of {@link sampleDiagonalGaussian}. */
export interface DiagonalGaussianSample extends ActionSample {
  /** `[batch, actionSize]` actions, flat. */
  actions: Float32Array;
}

/** Options of {@link sampleDiagonalGaussian}. */
export interface SampleDiagonalGaussianOptions extends SampleActionsOptions {
  /** Number of components of one action. */
  actionSize: number;
}

const names = optionNames<SampleDiagonalGaussianOptions>({
  actionSize: true,
  random: true,
  deterministic: true,
});

/**
 * Samples one action per row from plain arrays, on the CPU and with the seeded generator.
 *
 * @param parameters flat `[batch, 2 actionSize]`: means, then log standard deviations, of each row
 * @throws InvalidArgumentError when sampling without `random`
 * @throws ShapeError when the parameters are not a whole number of rows
 */
export function sampleDiagonalGaussian(
  parameters: ArrayLike<number>,
  options: SampleDiagonalGaussianOptions,
): DiagonalGaussianSample {
  checkOptions("sampleDiagonalGaussian", options, names);
  const { actionSize, random, deterministic = false } = options;
  if (!deterministic && !random) {
    throw new InvalidArgumentError("random", "expected a generator, or deterministic: true");
  }
  const batch = parameters.length / (2 * actionSize);
  if (!Number.isInteger(batch)) {
    throw new ShapeError("parameters", `[batch * 2 * ${actionSize}]`, [parameters.length]);
  }
  const actions = new Float32Array(batch * actionSize);
  const logProbs = new Float32Array(batch);
  for (let row = 0; row < batch; row++) {
    let logProb = 0;
    for (let k = 0; k < actionSize; k++) {
      const mean = parameters[2 * row * actionSize + k];
      const logStd = parameters[(2 * row + 1) * actionSize + k];
      const i = row * actionSize + k;
      actions[i] = deterministic || !random ? mean : mean + Math.exp(logStd) * random.normal();
      // Density of the rounded action, which is the one used in training.
      const score = (actions[i] - mean) / Math.exp(logStd);
      logProb -= 0.5 * score * score + logStd + LOG_2_PI / 2;
    }
    logProbs[row] = logProb;
  }
  return { actions, logProbs };
}
