/** The cheaper convolutional encoder of the ncps guide "Atari Behavior Cloning". */

import * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import { checkOptions, optionNames } from "../core/check-options.js";
import { sizeOf } from "../core/state.js";
import { constant } from "../recurrent/ops/constants.js";
import { type AffineWeights, affine, checkChannels, overRows, pictureSizes } from "./affine.js";
import { type BlockOptions, blockOptionNames, type LayerShape } from "./block.js";
import { type BatchNorm, NormalizedBlock } from "./normalized-block.js";

/** Options of {@link ImpalaConvBlock}. */
export interface ImpalaConvBlockOptions extends BlockOptions {
  /** Number of output features, default 256. */
  units?: number;
  /**
   * Whether the channels are normalised over the batch after each convolution, default true; otherwise there are
   * biases.
   */
  batchNorm?: boolean;
  /** Factor on the pixels, default `1 / 255`: pass byte frames unscaled. */
  scale?: number;
}

const convolutions = [
  { filters: 16, size: 8, strides: 4 },
  { filters: 32, size: 4, strides: 2 },
  { filters: 32, size: 3, strides: 1 },
] as const;

interface Layer {
  kernel: tf.Variable;
  bias?: tf.Variable;
  norm?: BatchNorm;
}

const names = optionNames<Omit<ImpalaConvBlockOptions, keyof BlockOptions>>({
  units: true,
  batchNorm: true,
  scale: true,
});

/**
 * Three convolutions without padding (16 filters 8x8 with stride 4, 32 filters 4x4 with stride 2, 32 filters 3x3), each
 * with batch normalisation and relu, and a dense layer with relu: frames `[..., height, width, channels]` of any
 * numeric type become `[..., units]`. 423,328 trainable weights and 160 statistics for 84 x 84 x 4 frames.
 *
 * This is what the guide calls an "Impala-style" block (its `atari_tf.py`); it is not the residual network of
 * Espeholt et al. (2018). It needs a thirtieth of the arithmetic of {@link ConvBlock}, and keeps positions,
 * which a global average discards.
 *
 * @example
 * ```ts
 * const encoder = new ImpalaConvBlock({ seed: 0 });
 * const features = encoder.forward(frames); // [batch, time, 84, 84, 4] to [batch, time, 256]
 * ```
 */
export class ImpalaConvBlock extends NormalizedBlock {
  /** Class name in saved models. */
  static className = "ImpalaConvBlock";
  /** Number of output features. */
  readonly units: number;
  private readonly batchNorm: boolean;
  private readonly scale: number;
  private readonly layers: Layer[] = [];
  private dense!: AffineWeights;

  /** @throws InvalidArgumentError when an option has an invalid value */
  constructor(options: ImpalaConvBlockOptions = {}) {
    if (new.target === ImpalaConvBlock)
      checkOptions("ImpalaConvBlock", options, [...blockOptionNames, ...names]);
    super(options, "impala_conv_block");
    const { units = 256, batchNorm = true, scale = 1 / 255 } = options;
    this.units = checkInteger("units", units);
    this.batchNorm = batchNorm;
    this.scale = scale;
  }

  protected override createVariables(inputShape: LayerShape): void {
    const { height, width, channels } = pictureSizes(inputShape, convolutions);
    let inputs = channels;
    const shapes = convolutions.map(({ filters, size }) => {
      const shape = [size, size, inputs, filters];
      inputs = filters;
      return shape;
    });
    shapes.forEach((shape, i) => {
      const [size, , , filters] = shape;
      const path = `conv${i + 1}/`;
      // Keras's VarianceScaling(2, "fan_out", "truncated_normal").
      const fanOut = size * size * filters;
      const kernel = this.addVariable(`${path}kernel`, { kind: "heNormal", shape, fanIn: fanOut });
      this.layers.push(
        this.batchNorm
          ? { kernel, norm: this.addBatchNorm(path, filters, { momentum: 0.99, epsilon: 0.001 }) }
          : { kernel, bias: this.addVariable(`${path}bias`, { kind: "zeros", shape: [filters] }) },
      );
    });
    const shape = [sizeOf([height, width, inputs]), this.units];
    this.dense = this.addAffine("dense/", { kind: "glorotUniform", shape });
  }

  /** Encodes `[..., height, width, channels]` to `[..., units]`. */
  override forward(x: tf.Tensor, training = false): tf.Tensor {
    this.ensureBuilt(x);
    return tf.tidy(() =>
      overRows(x, 3, (frames) => {
        let y = frames as tf.Tensor4D;
        checkChannels(y, this.layers[0].kernel);
        this.layers.forEach(({ kernel, bias, norm }, i) => {
          const filter = i === 0 ? tf.mul(kernel, constant(this.scale)) : kernel;
          const z = tf.conv2d(y, filter as tf.Tensor4D, convolutions[i].strides, "valid");
          y = tf.relu(norm ? this.normalize(z, norm, training) : tf.add(z, bias!)) as tf.Tensor4D;
        });
        return affine(tf.reshape(y, [frames.shape[0], -1]), this.dense, "relu");
      }),
    );
  }

  /** @inheritDoc */
  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [...(inputShape as LayerShape).slice(0, -3), this.units];
  }

  /** @inheritDoc */
  override getConfig(): tf.serialization.ConfigDict {
    const { units, batchNorm, scale } = this;
    return { ...super.getConfig(), units, batchNorm, scale };
  }
}

tf.serialization.registerClass(ImpalaConvBlock);
