/** Convolutional encoder of the NCP Atari agents. */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { InitializerKind } from "../core/initializers.js";
import { type AffineWeights, convolve, overRows, pictureSizes } from "./affine.js";
import { Block, type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { checkInitializer, checkIntegers } from "./checks.js";

/** Options of {@link ConvBlock}. */
export interface ConvBlockOptions extends BlockOptions {
  /** Output channels of the convolutions, first to last, default `[64, 128, 128, 256]`. */
  filters?: readonly number[];
  /** Height and width of all filters, default 5. */
  kernelSize?: number;
  /** Stride of all convolutions, default 2. */
  strides?: number;
  /** Zero padding around the images or none, default `"same"`. */
  padding?: "same" | "valid";
  /** Factor on the pixels, default `1 / 255`: pass byte frames unscaled. */
  scale?: number;
  /**
   * Kernel initialiser, default `"glorotUniform"` with zero biases, as in Keras; `"torchUniform"` also draws the
   * biases.
   */
  kernelInitializer?: InitializerKind;
}

const names = optionNames<Omit<ConvBlockOptions, keyof BlockOptions>>({
  filters: true,
  kernelSize: true,
  strides: true,
  padding: true,
  scale: true,
  kernelInitializer: true,
});

/**
 * Convolutions with relu and a global average pooling, on frames `[..., height, width, channels]`
 * of any numeric type, returning `[..., last filters]`. With the defaults the encoder of the NCP Atari agents:
 * 1,440,576 weights for four channels. Weights `conv_block/conv1/kernel`, `conv_block/conv1/bias`, and so on.
 *
 * @example
 * ```ts
 * const encoder = new ConvBlock({ seed: 0 });
 * const features = encoder.forward(frames); // [batch, time, 84, 84, 4] to [batch, time, 256]
 * ```
 */
export class ConvBlock extends Block {
  /** Class name in saved models. */
  static className = "ConvBlock";
  /** Output channels of the convolutions. */
  readonly filters: readonly number[];
  private readonly kernelSize: number;
  private readonly strides: number;
  private readonly padding: "same" | "valid";
  private readonly scale: number;
  private readonly kernelInitializer: InitializerKind;
  private readonly layers: AffineWeights[] = [];

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: ConvBlockOptions = {}) {
    if (new.target === ConvBlock) checkOptions("ConvBlock", options, [...blockOptionNames, ...names]);
    super(options, "conv_block");
    const { filters = [64, 128, 128, 256], kernelSize = 5, strides = 2, padding = "same" } = options;
    const { scale = 1 / 255, kernelInitializer = "glorotUniform" } = options;
    this.filters = checkIntegers("filters", filters);
    this.kernelSize = checkInteger("kernelSize", kernelSize);
    this.strides = checkInteger("strides", strides);
    if (padding !== "same" && padding !== "valid") {
      throw new InvalidArgumentError("padding", `expected same or valid, received ${padding}`);
    }
    this.padding = padding;
    this.scale = scale;
    this.kernelInitializer = checkInitializer("kernelInitializer", kernelInitializer);
  }

  protected override createVariables(inputShape: LayerShape): void {
    const { kernelSize: size, strides, kernelInitializer: kind } = this;
    const convolutions = this.padding === "valid" ? this.filters.map(() => ({ size, strides })) : [];
    let { channels } = pictureSizes(inputShape, convolutions);
    this.filters.forEach((outputs, i) => {
      this.layers.push(this.addAffine(`conv${i + 1}/`, { kind, shape: [size, size, channels, outputs] }));
      channels = outputs;
    });
  }

  /** Encodes `[..., height, width, channels]` to `[..., last filters]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    this.ensureBuilt(x);
    const { strides, padding, scale } = this;
    return tf.tidy(() =>
      overRows(x, 3, (frames) => {
        let y = frames;
        this.layers.forEach((layer, i) => {
          y = convolve(y, layer, { strides, padding, scale: i === 0 ? scale : 1 });
        });
        return tf.mean(y, [1, 2]);
      }),
    );
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -3), this.filters[this.filters.length - 1]];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { filters, kernelSize, strides, padding, scale, kernelInitializer } = this;
    return {
      ...super.getConfig(),
      filters: [...filters],
      kernelSize,
      strides,
      padding,
      scale,
      kernelInitializer,
    };
  }
}

tf.serialization.registerClass(ConvBlock);
