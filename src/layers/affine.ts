/** Affine maps with an activation, dense and convolutional, over any number of leading axes. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import { constant } from "../recurrent/ops/constants.js";
import { fusedConvolution, fusedDense } from "../recurrent/ops/fused-affine.js";

/** Activations of feed-forward layers. */
export type Activation = "linear" | "relu" | "tanh" | "sigmoid" | "elu" | "silu";

const functions: Record<Activation, (x: tf.Tensor) => tf.Tensor> = {
  linear: (x) => x,
  relu: (x) => tf.relu(x),
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  elu: (x) => tf.elu(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
};

const builtFor = "A layer takes inputs of the size that it was built for.";

/** Names of all activations. */
export const activations = Object.keys(functions) as Activation[];

/** Weights of one layer. */
export interface AffineWeights {
  /** Kernel `[inputs, outputs]`, or `[height, width, inChannels, outChannels]` for a convolution. */
  kernel: tf.Tensor;
  /** Bias `[outputs]`. */
  bias: tf.Tensor;
}

/** Weights of one layer, as variables for training. */
export interface AffineVariables extends AffineWeights {
  /** @inheritDoc */
  kernel: tf.Variable;
  /** @inheritDoc */
  bias: tf.Variable;
}

/** Geometry of a convolution. */
export interface ConvolveOptions {
  /** Stride in pixels. */
  strides: number;
  /** Padding: `"same"` pads with zeros, `"valid"` not at all. */
  padding: "same" | "valid";
  /** Factor on the inputs, e.g. `1 / 255` for byte images; default 1. */
  scale?: number;
}

/**
 * `activation(x kernel + bias)` for `x` `[rows, inputs]`.
 *
 * @throws ShapeError when the rows have another length than the kernel; some backends would read past them
 */
export function affine(x: tf.Tensor, { kernel, bias }: AffineWeights, activation: Activation): tf.Tensor {
  const inputs = kernel.shape[0];
  if (x.shape[1] !== inputs) throw new ShapeError("x", `[rows, ${inputs}]`, x.shape, builtFor);
  if (activation === "linear" || activation === "relu") {
    return fusedDense(x as tf.Tensor2D, kernel as tf.Tensor2D, bias, activation);
  }
  return functions[activation](tf.add(tf.matMul(x, kernel), bias));
}

/**
 * `relu(scale x * kernel + bias)` for images `x` `[rows, height, width, channels]`.
 *
 * @throws ShapeError when the number of channels of the images is not that of the kernel
 */
export function convolve(x: tf.Tensor, weights: AffineWeights, options: ConvolveOptions): tf.Tensor {
  checkChannels(x, weights.kernel);
  const { strides, padding: pad, scale = 1 } = options;
  // Scaling the few weights of the kernel is equivalent to scaling all pixels.
  const filter = scale === 1 ? weights.kernel : tf.mul(weights.kernel, constant(scale));
  return fusedConvolution(x as tf.Tensor4D, filter as tf.Tensor4D, weights.bias, { strides, pad });
}

/** @throws ShapeError when pictures have other channels than the kernel of a convolution takes */
export function checkChannels(x: tf.Tensor, kernel: tf.Tensor): void {
  const channels = kernel.shape[2];
  if (x.shape[3] === channels) return;
  throw new ShapeError("x", `[rows, height, width, ${channels}]`, x.shape, builtFor);
}

/**
 * Runs `f` on `x` with all leading axes merged into rows, as float32, and restores them afterwards.
 *
 * @param itemRank number of axes that belong to one item, e.g. 3 for images
 */
export function overRows(x: tf.Tensor, itemRank: number, f: (rows: tf.Tensor) => tf.Tensor): tf.Tensor {
  const leading = x.shape.slice(0, -itemRank);
  const floats = x.dtype === "float32" ? x : tf.cast(x, "float32");
  if (leading.length === 1) return f(floats);
  const y = f(tf.reshape(floats, [sizeOf(leading), ...x.shape.slice(-itemRank)]));
  return tf.reshape(y, [...leading, ...y.shape.slice(1)]);
}

/** @throws InvalidArgumentError when the activation is unknown */
export function checkActivation(activation: Activation): Activation {
  if (activations.includes(activation)) return activation;
  throw new InvalidArgumentError(
    "activation",
    `expected one of ${activations.join(", ")}, received ${activation}`,
  );
}

/**
 * Sizes of the axes of one item, which must be known to create weights.
 *
 * @param itemRank number of axes that belong to one item · @param expected the shape in words
 * @throws ShapeError when axes are missing or unknown
 */
export function knownItem(shape: readonly (number | null)[], itemRank: number, expected: string): number[] {
  const item = shape.slice(-itemRank);
  if (shape.length <= itemRank || item.some((size) => size === null)) {
    throw new ShapeError("inputShape", expected, shape);
  }
  return item as number[];
}

/** The properties of a convolution that determine its output size. */
export interface ConvolutionSize {
  /** Height and width of the filters. */
  size: number;
  /** Stride in both directions. */
  strides: number;
}

/**
 * Height, width and channels after convolutions without padding.
 *
 * @param shape input shape, with batch · @param convolutions first to last
 * @throws ShapeError when axes are missing or unknown, or an input is smaller than a filter; the message names the
 *   smallest image size
 */
export function pictureSizes(
  shape: readonly (number | null)[],
  convolutions: readonly ConvolutionSize[],
): { height: number; width: number; channels: number } {
  const least = convolutions.reduceRight((side, { size, strides }) => (side - 1) * strides + size, 1);
  const expected = `[batch, ..., height, width, channels] with height and width of at least ${least}`;
  let [height, width, channels] = knownItem(shape, 3, expected);
  if (Math.min(height, width) < least) {
    throw new ShapeError(
      "inputShape",
      expected,
      shape,
      "Pass larger images, or use fewer or smaller convolutions",
    );
  }
  for (const { size, strides } of convolutions) {
    [height, width] = [height, width].map((side) => Math.floor((side - size) / strides) + 1);
  }
  return { height, width, channels };
}
