/** Affine map with an optional activation, used as the head of a network. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import {
  type Activation,
  type AffineWeights,
  affine,
  checkActivation,
  knownItem,
  overRows,
} from "./affine.js";
import { Block, type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { checkInitializer } from "./checks.js";

/** Options of {@link Linear}. */
export interface LinearOptions extends BlockOptions {
  /** Number of outputs. */
  units: number;
  /** Activation, default `"linear"`: none. */
  activation?: Activation;
  /**
   * Kernel initialiser, default `"glorotUniform"`; `"torchUniform"` also draws the bias, all others start it at zero.
   */
  kernelInitializer?: InitializerKind;
  /** Factor on the initial kernel, default 1. Policy heads often use 0.01 with `"orthogonal"`. */
  gain?: number;
}

const names = optionNames<Omit<LinearOptions, keyof BlockOptions>>({
  units: true,
  activation: true,
  kernelInitializer: true,
  gain: true,
});

/**
 * `activation(x kernel + bias)` on `[..., inputs]`, returning `[..., units]`. Weights `linear/kernel` and
 * `linear/bias`.
 *
 * @example
 * ```ts
 * const policy = new Linear({ name: "policy", units: 4, kernelInitializer: "orthogonal", gain: 0.01, seed: 0 });
 * policy.build([null, 512]);
 * const logits = policy.forward(features);
 * ```
 */
export class Linear extends Block {
  /** Class name in saved models. */
  static className = "Linear";
  /** Number of outputs. */
  readonly units: number;
  private readonly activation: Activation;
  private readonly kernelInitializer: InitializerKind;
  private readonly gain: number;
  private weightsOfLayer!: AffineWeights;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: LinearOptions) {
    if (new.target === Linear) checkOptions("Linear", options, [...blockOptionNames, ...names]);
    super(options, "linear");
    const { activation = "linear", kernelInitializer = "glorotUniform", gain = 1 } = options;
    this.units = checkInteger("units", options.units);
    this.activation = checkActivation(activation);
    this.kernelInitializer = checkInitializer("kernelInitializer", kernelInitializer);
    this.gain = gain;
  }

  protected override createVariables(inputShape: LayerShape): void {
    const [inputs] = knownItem(inputShape, 1, "[batch, ..., inputs] with known inputs");
    const { kernelInitializer: kind, gain } = this;
    this.weightsOfLayer = this.addAffine("", { kind, gain, shape: [inputs, this.units] });
  }

  /** Maps `[..., inputs]` to `[..., units]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    this.ensureBuilt(x);
    return tf.tidy(() => overRows(x, 1, (rows) => affine(rows, this.weightsOfLayer, this.activation)));
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -1), this.units];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { units, activation, kernelInitializer, gain } = this;
    return { ...super.getConfig(), units, activation, kernelInitializer, gain };
  }
}

tf.serialization.registerClass(Linear);
