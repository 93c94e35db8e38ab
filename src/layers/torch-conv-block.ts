/** Convolutional encoder of the PyTorch tab of the ncps guide "Atari Behavior Cloning". */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { constant } from "../recurrent/ops/constants.js";
import { type AffineVariables, convolve, knownItem, overRows } from "./affine.js";
import { type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { checkIntegers } from "./checks.js";
import { type BatchNorm, NormalizedBlock } from "./normalized-block.js";

/** Options of {@link TorchConvBlock}. */
export interface TorchConvBlockOptions extends BlockOptions {
  /** Output channels of the convolutions, default `[64, 128, 128, 256]`. */
  filters?: readonly number[];
  /** Factor on the pixels, default `1 / 255`: pass byte frames unscaled. */
  scale?: number;
}

const PADDING = 2;

const names = optionNames<Omit<TorchConvBlockOptions, keyof BlockOptions>>({ filters: true, scale: true });

/**
 * {@link ConvBlock} as in the guide's PyTorch tab: 5x5 convolutions of stride 2 with two zeros on every side (Keras
 * puts one before and two after an even length), batch normalisation after every second one (momentum 0.1, epsilon
 * 1e-5), relu, and a global average pooling. Frames `[..., height, width, channels]` of any numeric type become
 * `[..., last filters]`; 1,441,344 trainable weights for four channels.
 *
 * Its statistics follow correlated frames, so that evaluation results vary strongly from epoch to epoch.
 *
 * @example
 * ```ts
 * const features = new TorchConvBlock({ seed: 0 }).forward(frames); // [32, 84, 84, 4] to [32, 256]
 * ```
 */
export class TorchConvBlock extends NormalizedBlock {
  /** Class name in saved models. */
  static className = "TorchConvBlock";
  /** Output channels of the convolutions. */
  readonly filters: readonly number[];
  private readonly scale: number;
  private readonly layers: { weights: AffineVariables; norm?: BatchNorm }[] = [];

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: TorchConvBlockOptions = {}) {
    if (new.target === TorchConvBlock)
      checkOptions("TorchConvBlock", options, [...blockOptionNames, ...names]);
    super(options, "torch_conv_block");
    const { filters = [64, 128, 128, 256], scale = 1 / 255 } = options;
    this.filters = checkIntegers("filters", filters);
    this.scale = scale;
  }

  protected override createVariables(inputShape: LayerShape): void {
    let channels = knownItem(inputShape, 3, "[batch, ..., height, width, channels] with known sizes")[2];
    this.filters.forEach((filters, i) => {
      const shape = [5, 5, channels, filters];
      const weights = this.addAffine(`conv${i + 1}/`, { kind: "torchUniform", shape });
      const norm =
        i % 2 === 1 ? this.addBatchNorm(`bn${i + 1}/`, filters, { momentum: 0.9, epsilon: 1e-5 }) : undefined;
      this.layers.push({ weights, norm });
      channels = filters;
    });
  }

  /** Encodes `[..., height, width, channels]` to `[..., last filters]`. */
  override forward(x: tf.Tensor, training = false): tf.Tensor {
    this.ensureBuilt(x);
    return tf.tidy(() =>
      overRows(x, 3, (frames) => {
        let y = frames as tf.Tensor4D;
        this.layers.forEach(({ weights, norm }, i) => {
          const scale = i === 0 ? this.scale : 1;
          const padded = tf.pad(y, [
            [0, 0],
            [PADDING, PADDING],
            [PADDING, PADDING],
            [0, 0],
          ]);
          y = (
            norm
              ? this.normalizedConvolution(padded, weights, norm, { scale, training })
              : convolve(padded, weights, { strides: 2, padding: "valid", scale })
          ) as tf.Tensor4D;
        });
        return tf.mean(y, [1, 2]);
      }),
    );
  }

  private normalizedConvolution(
    x: tf.Tensor,
    { kernel, bias }: AffineVariables,
    norm: BatchNorm,
    { scale, training }: { scale: number; training: boolean },
  ): tf.Tensor {
    const filter = scale === 1 ? kernel : tf.mul(kernel, constant(scale));
    const z = tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "valid"), bias);
    return tf.relu(this.normalize(z, norm, training));
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -3), this.filters[this.filters.length - 1]];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), filters: [...this.filters], scale: this.scale };
  }
}

tf.serialization.registerClass(TorchConvBlock);
