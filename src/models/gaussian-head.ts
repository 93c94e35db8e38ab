/** The policy head for continuous actions. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { type BlockOptions, blockOptionNames, type LayerShape } from "../layers/block.js";
import { Linear, type LinearOptions } from "../layers/linear.js";

/** Options of {@link GaussianHead}. */
export interface GaussianHeadOptions extends LinearOptions {
  /** Initial value of all log standard deviations, default 0: a standard deviation of 1. */
  logStd?: number;
}

const names = optionNames<Omit<GaussianHeadOptions, keyof BlockOptions>>({
  logStd: true,
  units: true,
  activation: true,
  kernelInitializer: true,
  gain: true,
});

/**
 * Means of a normal policy by an affine map, and log standard deviations that are separate weights, the
 * same in every state: `[..., inputs]` to `[..., 2 units]`, means first. Weights `kernel`, `bias`, `log_std`.
 *
 * @example
 * ```ts
 * const head = new GaussianHead({ units: 1, kernelInitializer: "orthogonal", gain: 0.01, seed: 0 });
 * const policy = DiagonalGaussian.fromParameters(head.forward(features));
 * ```
 */
export class GaussianHead extends Linear {
  /** Name in saved models. */
  static override className = "GaussianHead";
  private readonly firstLogStd: number;
  private logStd!: tf.Variable;

  /** @throws InvalidArgumentError when an option has a wrong value */
  constructor(options: GaussianHeadOptions) {
    if (new.target === GaussianHead) checkOptions("GaussianHead", options, [...blockOptionNames, ...names]);
    const { logStd = 0, ...others } = options;
    super({ name: "gaussian_head", ...others });
    this.firstLogStd = logStd;
  }

  protected override createVariables(inputShape: LayerShape): void {
    super.createVariables(inputShape);
    this.logStd = this.addVariable("log_std", { kind: "ones", gain: this.firstLogStd, shape: [this.units] });
  }

  /** Maps `[..., inputs]` to `[..., 2 units]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const means = super.forward(x);
      return tf.concat([means, tf.add(tf.zerosLike(means), this.logStd)], -1);
    });
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -1), 2 * this.units];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), logStd: this.firstLogStd };
  }
}

tf.serialization.registerClass(GaussianHead);
