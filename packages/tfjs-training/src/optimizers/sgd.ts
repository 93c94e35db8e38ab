/** Stochastic gradient descent (SGD) optimizer. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { checkFraction } from "./checks.js";
import { FlatOptimizer, type FlatStep, type FlatUpdate } from "./flat-optimizer.js";
import type { FusedRule } from "./fused-step.js";

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** Decay of the momentum, in `[0, 1)`; default 0, none. */
  momentum?: number;
  /** Whether to use Nesterov momentum; default false. */
  nesterov?: boolean;
}

const names = optionNames<SGDOptions>({
  momentum: true,
  nesterov: true,
});

/**
 * Stochastic gradient descent with momentum as in `torch.optim.SGD`: `v = momentum v + g`,
 * `w = w - learningRate v`, or `w - learningRate (g + momentum v)` with `nesterov`.
 *
 * @example
 * ```ts
 * const optimizer = new SGD({ momentum: 0.9 });
 * ```
 */
export class SGD extends FlatOptimizer {
  private readonly momentum: number;
  private readonly nesterov: boolean;

  /** @throws InvalidArgumentError when `momentum` is out of range */
  constructor(options: SGDOptions = {}) {
    if (new.target === SGD) checkOptions("SGD", options, names);
    const { momentum = 0, nesterov = false } = options;
    super("SGD", momentum > 0 ? { velocity: 0 } : {});
    this.momentum = checkFraction("momentum", momentum);
    this.nesterov = nesterov;
  }

  /** @inheritDoc */
  protected override fused(learningRate: number): FusedRule {
    const numbers = { momentum: this.momentum, nesterov: Number(this.nesterov), rate: learningRate };
    return { kernelName: "SGDStep", changing: ["rate"], byName: false, numbers: () => numbers };
  }

  /** @inheritDoc */
  protected update({ gradient, moments, learningRate }: FlatStep): FlatUpdate {
    const rate = tf.scalar(learningRate);
    if (this.momentum === 0) return { decrease: tf.mul(gradient, rate), moments: {} };
    const momentum = this.constant(this.momentum);
    const velocity = tf.add(tf.mul(moments.velocity, momentum), gradient) as tf.Tensor1D;
    const direction = this.nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity;
    return { decrease: tf.mul(direction, rate), moments: { velocity } };
  }
}
