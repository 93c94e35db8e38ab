/** RMSProp optimizer. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { checkFraction, checkNotNegative } from "./checks.js";
import { FlatOptimizer, type FlatStep, type FlatUpdate } from "./flat-optimizer.js";
import type { FusedRule } from "./fused-step.js";

/** Options of {@link RMSProp}. */
export interface RMSPropOptions {
  /** Decay of the mean of squared gradients (and of gradients), in `[0, 1)`; default 0.99. */
  decay?: number;
  /** Added to the divisor to avoid division by zero; default 1e-8. */
  epsilon?: number;
  /**
   * Where epsilon is added. `"torch"` (default): `g / (sqrt(v) + epsilon)`, momentum on that quotient, the learning
   * rate outside.
   * `"tf"`: `g / sqrt(v + epsilon)`, the learning rate inside the momentum, as TensorFlow 1 and the DQN paper.
   */
  epsilonMode?: "torch" | "tf";
  /** Whether to divide by the standard deviation of the gradient instead of the root mean square; default false. */
  centered?: boolean;
  /** Decay of the momentum, in `[0, 1)`; default 0, none. */
  momentum?: number;
  /** Initial value of the mean of squared gradients; default 0 (TensorFlow 1 uses 1). */
  initialMeanSquare?: number;
}

const names = optionNames<RMSPropOptions>({
  decay: true,
  epsilon: true,
  epsilonMode: true,
  centered: true,
  momentum: true,
  initialMeanSquare: true,
});

/**
 * RMSProp (Tieleman and Hinton, 2012; centred form: Graves, 2013, arXiv:1308.0850), in the forms of
 * `torch.optim.RMSprop` and `tf.train.RMSPropOptimizer`. tfjs's own centred form divides by the root of
 * a negative number.
 *
 * @example
 * ```ts
 * // The DQN paper's: learning rate 2.5e-4
 * const optimizer = new RMSProp({ decay: 0.95, epsilon: 0.01, epsilonMode: "tf", centered: true });
 * ```
 */
export class RMSProp extends FlatOptimizer {
  private readonly decay: number;
  private readonly epsilon: number;
  private readonly epsilonMode: "torch" | "tf";
  private readonly momentum: number;
  private readonly centered: boolean;

  /** @throws InvalidArgumentError when an option is out of range */
  constructor(options: RMSPropOptions = {}) {
    if (new.target === RMSProp) checkOptions("RMSProp", options, names);
    const { decay = 0.99, epsilon = 1e-8, epsilonMode = "torch", centered = false, momentum = 0 } = options;
    super("RMSProp", {
      meanSquare: checkNotNegative("initialMeanSquare", options.initialMeanSquare ?? 0),
      ...(centered && { mean: 0 }),
      ...(momentum > 0 && { velocity: 0 }),
    });
    this.decay = checkFraction("decay", decay);
    this.epsilon = checkNotNegative("epsilon", epsilon);
    this.momentum = checkFraction("momentum", momentum);
    this.epsilonMode = epsilonMode;
    this.centered = centered;
  }

  /** @inheritDoc */
  protected override fused(learningRate: number): FusedRule {
    const { decay, epsilon, momentum, epsilonMode } = this;
    const numbers = { decay, epsilon, momentum, rate: learningRate, inside: Number(epsilonMode === "tf") };
    return { kernelName: "RMSPropStep", changing: ["rate"], byName: false, numbers: () => numbers };
  }

  /** @inheritDoc */
  protected update({ gradient, squared, moments, learningRate }: FlatStep): FlatUpdate {
    const { decay } = this;
    const next: Record<string, tf.Tensor1D> = {
      meanSquare: this.average(moments.meanSquare, squared, decay),
    };
    let spread: tf.Tensor = next.meanSquare;
    if (this.centered) {
      next.mean = this.average(moments.mean, gradient, decay);
      spread = tf.relu(tf.sub(spread, tf.square(next.mean))); // a variance; rounding may make it negative
    }
    const epsilon = this.constant(this.epsilon);
    const inside = this.epsilonMode === "tf";
    const divisor = inside ? tf.sqrt(tf.add(spread, epsilon)) : tf.add(tf.sqrt(spread), epsilon);
    const rate = tf.scalar(learningRate);
    let step = tf.div(gradient, divisor);
    if (inside) step = tf.mul(step, rate);
    if (this.momentum > 0) {
      next.velocity = tf.add(tf.mul(moments.velocity, this.constant(this.momentum)), step) as tf.Tensor1D;
      step = next.velocity;
    }
    return { decrease: inside ? step : tf.mul(step, rate), moments: next };
  }
}
