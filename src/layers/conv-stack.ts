/** Convolutional encoder without a dense layer. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import type { InitializerKind } from "../core/initializers.js";
import { sizeOf } from "../core/state.js";
import { type AffineWeights, convolve, overRows, pictureSizes } from "./affine.js";
import { Block, type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { checkInitializer, checkIntegers } from "./checks.js";

/** One convolution without padding. */
export interface Convolution {
  /** Number of output channels. */
  filters: number;
  /** Height and width of the kernel. */
  size: number;
  /** Stride in pixels. */
  strides: number;
}

/** Options of {@link ConvStack}. */
export interface ConvStackOptions extends BlockOptions {
  /** The convolutions, without padding, each followed by relu. */
  convolutions: readonly Convolution[];
  /** Factor on the pixels, default `1 / 255`: pass byte frames unscaled. */
  scale?: number;
  /** Kernel initialiser, default `"glorotUniform"` with zero biases, as in Keras. */
  kernelInitializer?: InitializerKind;
}

const names = optionNames<Omit<ConvStackOptions, keyof BlockOptions>>({
  convolutions: true,
  scale: true,
  kernelInitializer: true,
});

/**
 * Convolutions with relu, flattened: frames `[..., height, width, channels]` of any numeric type become
 * `[..., features]`, row by row, channels last. Weights `conv_stack/conv1/kernel` and so on.
 *
 * @example
 * ```ts
 * const encoder = new ConvStack({ convolutions: [{ filters: 16, size: 8, strides: 4 }], seed: 0 });
 * const features = encoder.forward(frames); // [batch, 84, 84, 4] to [batch, 6400]
 * ```
 */
export class ConvStack extends Block {
  /** Class name in saved models. */
  static className = "ConvStack";
  private readonly convolutions: readonly Convolution[];
  private readonly scale: number;
  /** Initializer of the kernels. */
  protected readonly kernelInitializer: InitializerKind;
  /** Factor on the first kernels. */
  protected readonly gain: number;
  private readonly layers: AffineWeights[] = [];

  /**
   * @param prefix prefix of weight names
   * @throws InvalidArgumentError when an option has an invalid value
   *
   * @internal
   */
  constructor(options: ConvStackOptions & { gain?: number }, prefix = "conv_stack") {
    if (new.target === ConvStack) checkOptions("ConvStack", options, [...blockOptionNames, ...names]);
    super(options, prefix);
    const { convolutions, scale = 1 / 255, kernelInitializer = "glorotUniform", gain = 1 } = options;
    for (const { filters, size, strides } of convolutions)
      checkIntegers("convolutions", [filters, size, strides]);
    this.convolutions = convolutions.map(({ filters, size, strides }) => ({ filters, size, strides }));
    this.scale = scale;
    this.kernelInitializer = checkInitializer("kernelInitializer", kernelInitializer);
    this.gain = gain;
  }

  protected override createVariables(inputShape: LayerShape): void {
    let { channels } = pictureSizes(inputShape, this.convolutions);
    const { kernelInitializer: kind, gain } = this;
    this.convolutions.forEach(({ filters, size }, i) => {
      const shape = [size, size, channels, filters];
      this.layers.push(this.addAffine(`conv${i + 1}/`, { kind, gain, shape }));
      channels = filters;
    });
  }

  /** Encodes `[..., height, width, channels]` to `[..., features]`. */
  override forward(x: tf.Tensor): tf.Tensor {
    this.ensureBuilt(x);
    return tf.tidy(() =>
      overRows(x, 3, (frames) => {
        let y = frames;
        this.layers.forEach((layer, i) => {
          const { strides } = this.convolutions[i];
          y = convolve(y, layer, { strides, padding: "valid", scale: i === 0 ? this.scale : 1 });
        });
        return tf.reshape(y, [frames.shape[0], -1]);
      }),
    );
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    const shape = inputShape as LayerShape;
    return [...shape.slice(0, -3), sizeOf(this.shapeOf(shape))];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { convolutions, scale, kernelInitializer } = this;
    return { ...super.getConfig(), convolutions: [...convolutions] as never, scale, kernelInitializer };
  }

  /** Of one picture: rows, columns and channels after the convolutions. */
  protected shapeOf(inputShape: LayerShape): number[] {
    const { height, width, channels } = pictureSizes(inputShape, this.convolutions);
    return [height, width, this.convolutions.at(-1)?.filters ?? channels];
  }
}

tf.serialization.registerClass(ConvStack);
