/** Multilayer perceptron: the usual encoder of short observation vectors. */

import * as tf from "@tensorflow/tfjs-core";
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
import { checkInitializer, checkIntegers } from "./checks.js";

/** Options of {@link MLP}. */
export interface MLPOptions extends BlockOptions {
  /** Units per layer, first to last, default `[64, 64]`. */
  hiddenUnits?: readonly number[];
  /** Activation after every layer, default `"tanh"`. */
  activation?: Activation;
  /**
   * Kernel initialiser, default `"orthogonal"`; `"torchUniform"` also draws the biases, all others start them at
   * zero.
   */
  kernelInitializer?: InitializerKind;
  /** Factor on the initial kernels; default `sqrt(2)` for `"orthogonal"`, otherwise 1. */
  gain?: number;
}

const names = optionNames<Omit<MLPOptions, keyof BlockOptions>>({
  hiddenUnits: true,
  activation: true,
  kernelInitializer: true,
  gain: true,
});

/**
 * Dense layers with an activation after each, on `[..., inputs]`. Weights `mlp/dense1/kernel`,
 * `mlp/dense1/bias`, and so on. The defaults are those of PPO for control tasks (Stable-Baselines3, CleanRL).
 *
 * @example
 * ```ts
 * const encoder = new MLP({ hiddenUnits: [64, 64], activation: "tanh", seed: 0 });
 * const features = encoder.forward(observations); // [batch, 64]
 * ```
 */
export class MLP extends Block {
  /** Class name in saved models. */
  static className = "MLP";
  /** Units per layer. */
  readonly hiddenUnits: readonly number[];
  private readonly activation: Activation;
  private readonly kernelInitializer: InitializerKind;
  private readonly gain: number;
  private readonly layers: AffineWeights[] = [];

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: MLPOptions = {}) {
    if (new.target === MLP) checkOptions("MLP", options, [...blockOptionNames, ...names]);
    super(options, "mlp");
    const { hiddenUnits = [64, 64], activation = "tanh", kernelInitializer = "orthogonal" } = options;
    this.hiddenUnits = checkIntegers("hiddenUnits", hiddenUnits);
    this.activation = checkActivation(activation);
    this.kernelInitializer = checkInitializer("kernelInitializer", kernelInitializer);
    this.gain = options.gain ?? (kernelInitializer === "orthogonal" ? Math.SQRT2 : 1);
  }

  protected override createVariables(inputShape: LayerShape): void {
    let [inputs] = knownItem(inputShape, 1, "[batch, ..., inputs] with known inputs");
    const { kernelInitializer: kind, gain } = this;
    this.hiddenUnits.forEach((outputs, i) => {
      this.layers.push(this.addAffine(`dense${i + 1}/`, { kind, gain, shape: [inputs, outputs] }));
      inputs = outputs;
    });
  }

  /** Encodes `[..., inputs]` to `[..., last width]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    this.ensureBuilt(x);
    return tf.tidy(() =>
      overRows(x, 1, (rows) => this.layers.reduce((y, layer) => affine(y, layer, this.activation), rows)),
    );
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -1), this.hiddenUnits[this.hiddenUnits.length - 1]];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { hiddenUnits, activation, kernelInitializer, gain } = this;
    return { ...super.getConfig(), hiddenUnits: [...hiddenUnits], activation, kernelInitializer, gain };
  }
}

tf.serialization.registerClass(MLP);
