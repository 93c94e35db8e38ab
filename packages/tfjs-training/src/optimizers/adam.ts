/** Adam and AdamW optimizers. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { checkFraction, checkNotNegative } from "./checks.js";
import { FlatOptimizer, type FlatStep, type FlatUpdate } from "./flat-optimizer.js";
import type { FusedRule } from "./fused-step.js";

/** Options of {@link Adam}. */
export interface AdamOptions {
  /** Decay of the mean of gradients, in `[0, 1)`; default 0.9. */
  beta1?: number;
  /** Decay of the mean of squared gradients, in `[0, 1)`; default 0.999. */
  beta2?: number;
  /** Added to the divisor to avoid division by zero; default 1e-8 with `"torch"`, 1e-7 with `"keras"`, as there. */
  epsilon?: number;
  /**
   * Where epsilon is added: to the bias-corrected root of the mean square (`"torch"`, the default, as in
   * algorithm 1 of the paper) or to the uncorrected one (`"keras"`, TensorFlow's "epsilon hat").
   */
  epsilonMode?: "torch" | "keras";
  /**
   * Decoupled weight decay (Loshchilov and Hutter, 2019, arXiv:1711.05101): weights are multiplied by
   * `1 - learningRate * weightDecay` before the step. Default 0; {@link AdamW} has 0.01.
   */
  weightDecay?: number;
  /** Selects the variables that decay, by name, e.g. `(name) => !name.endsWith("bias")`; default all. */
  decays?: (name: string) => boolean;
}

const names = optionNames<AdamOptions>({
  beta1: true,
  beta2: true,
  epsilon: true,
  epsilonMode: true,
  weightDecay: true,
  decays: true,
});

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
  private readonly weightDecay: number;
  private readonly decays: (name: string) => boolean;

  /** @throws InvalidArgumentError when an option is out of range */
  constructor(options: AdamOptions = {}) {
    if (new.target === Adam) checkOptions("Adam", options, names);
    super("Adam", { mean: 0, meanSquare: 0 });
    const { beta1 = 0.9, beta2 = 0.999, epsilonMode = "torch", weightDecay = 0 } = options;
    const { epsilon = epsilonMode === "torch" ? 1e-8 : 1e-7 } = options;
    this.beta1 = checkFraction("beta1", beta1);
    this.beta2 = checkFraction("beta2", beta2);
    this.epsilon = checkNotNegative("epsilon", epsilon);
    this.epsilonMode = epsilonMode;
    this.weightDecay = checkNotNegative("weightDecay", weightDecay);
    this.decays = options.decays ?? (() => true);
  }

  /** @inheritDoc */
  protected override fused(learningRate: number): FusedRule {
    const { beta1, beta2 } = this;
    return {
      kernelName: "AdamStep",
      changing: ["rate", "epsilon", "keep"],
      byName: this.weightDecay > 0,
      numbers: (steps, name) => ({
        beta1,
        beta2,
        rate: this.rate(learningRate, steps),
        epsilon: this.offset(steps),
        keep: this.keep(learningRate, name),
      }),
    };
  }

  /** @inheritDoc */
  protected update({ gradient, squared, moments, learningRate, perStep }: FlatStep): FlatUpdate {
    const { beta1, beta2 } = this;
    const mean = this.average(moments.mean, gradient, beta1);
    const meanSquare = this.average(moments.meanSquare, squared, beta2);
    const decrease = tf.mul(
      tf.div(
        mean,
        tf.add(
          tf.sqrt(meanSquare),
          perStep((t) => this.offset(t)),
        ),
      ),
      perStep((t) => this.rate(learningRate, t)),
    );
    const keep = this.weightDecay > 0 ? perStep((_, name) => this.keep(learningRate, name)) : undefined;
    return { decrease, keep, moments: { mean, meanSquare } };
  }

  // lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
  //   = lr * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps * sqrt(1 - b2^t))
  private rate(learningRate: number, steps: number): number {
    return (learningRate * Math.sqrt(1 - this.beta2 ** steps)) / (1 - this.beta1 ** steps);
  }

  private offset(steps: number): number {
    return this.epsilonMode === "torch" ? this.epsilon * Math.sqrt(1 - this.beta2 ** steps) : this.epsilon;
  }

  private keep(learningRate: number, name: string): number {
    return this.weightDecay > 0 && this.decays(name) ? 1 - learningRate * this.weightDecay : 1;
  }
}

/**
 * Adam with decoupled weight decay, 0.01 by default: Decoupled Weight Decay Regularization (Loshchilov and
 * Hutter, 2019, arXiv:1711.05101), as `torch.optim.AdamW`.
 *
 * @example
 * ```ts
 * const optimizer = new AdamW({ decays: (name) => !name.endsWith("bias") });
 * ```
 */
export class AdamW extends Adam {
  /** @throws InvalidArgumentError when an option is out of range */
  constructor(options: AdamOptions = {}) {
    if (new.target === AdamW) checkOptions("AdamW", options, names);
    super({ weightDecay: 0.01, ...options });
  }
}
