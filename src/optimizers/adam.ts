/** Adam. */

import * as tf from "@tensorflow/tfjs-core";
import { checkFraction, checkNotNegative } from "./checks.js";
import { FlatOptimizer, type FlatStep, type FlatUpdate } from "./flat-optimizer.js";

/** Options of {@link Adam}. */
export interface AdamOptions {
  /** Decay of the mean of gradients, in `[0, 1)`; default 0.9. */
  beta1?: number;
  /** Decay of the mean of squared gradients, in `[0, 1)`; default 0.999. */
  beta2?: number;
  /** Keeps the divisor from zero; default 1e-8 with `"torch"`, 1e-7 with `"keras"`, as there. */
  epsilon?: number;
  /**
   * Where epsilon is added: to the bias-corrected root of the mean square (`"torch"`, the default, as in
   * algorithm 1 of the paper) or to the uncorrected one (`"keras"`, TensorFlow's "epsilon hat").
   */
  epsilonMode?: "torch" | "keras";
}

/**
 * Adam: a Method for Stochastic Optimization (Kingma and Ba, 2015, arXiv:1412.6980), in the forms of
 * `torch.optim.Adam` and `keras.optimizers.Adam`. Gradients of all variables are handled as one vector.
 *
 * @example
 * ```ts
 * const optimizer = new Adam({ epsilon: 1e-5 });
 * const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
 * const gradients = new Map([...variables].map(([name, variable]) => [name, grads[variable.name]]));
 * optimizer.applyGradients(gradients, variables, { learningRate: 2.5e-4, maxGradNorm: 0.5 });
 * ```
 */
export class Adam extends FlatOptimizer {
  private readonly beta1: number;
  private readonly beta2: number;
  private readonly epsilon: number;
  private readonly epsilonMode: "torch" | "keras";

  /** @throws InvalidArgumentError when an option is out of range */
  constructor(options: AdamOptions = {}) {
    super("Adam", { mean: 0, meanSquare: 0 });
    const { beta1 = 0.9, beta2 = 0.999, epsilonMode = "torch" } = options;
    const { epsilon = epsilonMode === "torch" ? 1e-8 : 1e-7 } = options;
    this.beta1 = checkFraction("beta1", beta1);
    this.beta2 = checkFraction("beta2", beta2);
    this.epsilon = checkNotNegative("epsilon", epsilon);
    this.epsilonMode = epsilonMode;
  }

  /** @inheritDoc */
  protected update({ gradient, squared, moments, learningRate, perStep }: FlatStep): FlatUpdate {
    const { beta1, beta2, epsilon, epsilonMode } = this;
    const mean = this.average(moments.mean, gradient, beta1);
    const meanSquare = this.average(moments.meanSquare, squared, beta2);
    // lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
    //   = lr * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps * sqrt(1 - b2^t))
    const correction = (t: number) => Math.sqrt(1 - beta2 ** t);
    const rate = perStep((t) => (learningRate * correction(t)) / (1 - beta1 ** t));
    const offset = epsilonMode === "torch" ? perStep((t) => epsilon * correction(t)) : this.constant(epsilon);
    const decrease = tf.mul(tf.div(mean, tf.add(tf.sqrt(meanSquare), offset)), rate);
    return { decrease, moments: { mean, meanSquare } };
  }
}
