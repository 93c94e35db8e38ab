/** Convolutional encoder of the Nature DQN paper. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import { sizeOf } from "../core/state.js";
import { type AffineWeights, affine, overRows } from "./affine.js";
import { type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { type Convolution, ConvStack } from "./conv-stack.js";

/** Options of {@link NatureCNN}. */
export interface NatureCNNOptions extends BlockOptions {
  /**
   * The convolutions, default those of the paper. Those of Mnih et al. 2013, a third of the arithmetic, are
   * `[{ filters: 16, size: 8, strides: 4 }, { filters: 32, size: 4, strides: 2 }]` with 256 units.
   */
  convolutions?: readonly Convolution[];
  /** Number of output features, default 512. */
  units?: number;
  /** Factor on the pixels, default `1 / 255`: pass byte frames unscaled. */
  scale?: number;
  /**
   * Kernel initialiser, default `"orthogonal"` (zero biases); `"torchUniform"` also draws the biases, as torch does
   * by default.
   */
  kernelInitializer?: InitializerKind;
  /** Factor on the initial kernels; default `sqrt(2)` for `"orthogonal"`, otherwise 1. */
  gain?: number;
}

const nature: readonly Convolution[] = [
  { filters: 32, size: 8, strides: 4 },
  { filters: 64, size: 4, strides: 2 },
  { filters: 64, size: 3, strides: 1 },
];

const names = optionNames<Omit<NatureCNNOptions, keyof BlockOptions>>({
  units: true,
  scale: true,
  kernelInitializer: true,
  gain: true,
  convolutions: true,
});

/**
 * Three convolutions and a dense layer with relu after each (Mnih et al. 2015): 32 filters 8x8 with stride 4,
 * 64 filters 4x4 with stride 2, 64 filters 3x3, then 512 units. Frames `[..., height, width, channels]` of any
 * numeric type become `[..., 512]`. Weights `nature_cnn/conv1/kernel` to `nature_cnn/dense/bias`.
 *
 * @example
 * ```ts
 * const encoder = new NatureCNN({ kernelInitializer: "orthogonal", seed: 0 });
 * const features = encoder.forward(frames); // [batch, 84, 84, 4] to [batch, 512]
 * ```
 */
export class NatureCNN extends ConvStack {
  /** Class name in saved models. */
  static override className = "NatureCNN";
  /** Number of output features. */
  readonly units: number;
  private dense!: AffineWeights;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: NatureCNNOptions = {}) {
    if (new.target === NatureCNN) checkOptions("NatureCNN", options, [...blockOptionNames, ...names]);
    const { units = 512, kernelInitializer = "orthogonal", convolutions = nature } = options;
    const gain = options.gain ?? (kernelInitializer === "orthogonal" ? Math.SQRT2 : 1);
    super({ ...options, convolutions, kernelInitializer, gain }, "nature_cnn");
    this.units = checkInteger("units", units);
  }

  protected override createVariables(inputShape: LayerShape): void {
    super.createVariables(inputShape);
    const { kernelInitializer: kind, gain, units } = this;
    this.dense = this.addAffine("dense/", { kind, gain, shape: [sizeOf(this.shapeOf(inputShape)), units] });
  }

  /** Encodes `[..., height, width, channels]` to `[..., units]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    return tf.tidy(() => overRows(super.forward(x), 1, (rows) => affine(rows, this.dense, "relu")));
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -3), this.units];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { units, gain } = this;
    return { ...super.getConfig(), units, gain };
  }
}

tf.serialization.registerClass(NatureCNN);
