/** Arguments of the convolution kernels, and the geometry derived from them. */

import { backend_util } from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../../core/errors.js";

/** Geometry of a convolution over `[batch, height, width, channels]`, as tfjs computes it. */
export interface ConvGeometry {
  /** Number of images. */
  batchSize: number;
  /** Input height. */
  inHeight: number;
  /** Input width. */
  inWidth: number;
  /** Number of input channels. */
  inChannels: number;
  /** Output height. */
  outHeight: number;
  /** Output width. */
  outWidth: number;
  /** Number of output channels. */
  outChannels: number;
  /** Filter height. */
  filterHeight: number;
  /** Filter width. */
  filterWidth: number;
  /** Vertical stride. */
  strideHeight: number;
  /** Horizontal stride. */
  strideWidth: number;
  /** Vertical dilation. */
  dilationHeight: number;
  /** Horizontal dilation. */
  dilationWidth: number;
  /** Padding before the input: rows and columns of zeros. */
  padInfo: { top: number; left: number };
}

/** Attributes that tfjs passes to both gradients of a convolution. */
export interface ConvGradientAttributes {
  /** Strides. */
  strides: number | [number, number];
  /** Padding around the input. */
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  /** Order of the axes of images, default `"NHWC"`; filters are `[height, width, inChannels, outChannels]`. */
  dataFormat?: "NHWC" | "NCHW";
  /** Rounding of the output size. */
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Attributes of a convolution. */
export interface ConvAttributes extends ConvGradientAttributes {
  /** Dilations, default 1; tfjs has no gradients of dilated convolutions. */
  dilations?: number | [number, number];
}

/** Byte addresses of the tensors of a convolution. */
export interface ConvAddresses {
  /** Input `[batch, inHeight, inWidth, inChannels]`. */
  x: number;
  /** Filter `[filterHeight, filterWidth, inChannels, outChannels]`. */
  filter: number;
  /** Output `[batch, outHeight, outWidth, outChannels]`. */
  y: number;
}

/** Byte addresses of the tensors of a filter gradient. */
export interface FilterGradientAddresses {
  /** Input `[batch, inHeight, inWidth, inChannels]`. */
  x: number;
  /** Gradient of the output, `[batch, outHeight, outWidth, outChannels]`. */
  dy: number;
  /** Gradient of the filter (output), `[filterHeight, filterWidth, inChannels, outChannels]`. */
  filter: number;
}

/** Byte addresses of the tensors of an input gradient. */
export interface InputGradientAddresses {
  /** Gradient of the output, `[batch, outHeight, outWidth, outChannels]`. */
  dy: number;
  /** Filter `[filterHeight, filterWidth, inChannels, outChannels]`. */
  filter: number;
  /** Gradient of the input (output), `[batch, inHeight, inWidth, inChannels]`. */
  dx: number;
}

/** A shape with four axes. */
export type Shape4D = [number, number, number, number];

/**
 * Geometry of the convolution of an input `[batch, height, width, channels]` with a filter
 * `[height, width, inChannels, outChannels]`; of the data format, only the order of explicit padding is read.
 *
 * @throws InvalidArgumentError when the filter is larger than the input with its padding
 */
export function convGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dataFormat, dimRoundingMode }: ConvAttributes,
): ConvGeometry {
  const geometry = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    typeof pad === "number" ? around(pad) : dataFormat === "NCHW" ? channelsLast(pad) : pad,
    dimRoundingMode,
  );
  checkOutputs(geometry.outHeight, geometry.outWidth);
  return geometry;
}

/**
 * Geometry of a convolution whose output's gradient is `[batch, outHeight, outWidth, outChannels]`. Its size
 * determines the outputs: tfjs does not pass `dimRoundingMode` to the gradients, so the number of outputs is not
 * known otherwise.
 *
 * @throws InvalidArgumentError when it has a different number of images, or a number of outputs that no rounding gives
 */
export function gradientGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvGradientAttributes,
  [images, outHeight, outWidth]: readonly number[],
): ConvGeometry {
  if (images !== inputShape[0]) {
    throw new InvalidArgumentError("dy", `expected ${inputShape[0]} images, received ${images}`);
  }
  const rounded = (dimRoundingMode: "floor" | "ceil") =>
    convGeometry(inputShape, filterShape, { ...attributes, dimRoundingMode });
  const [least, most] = [rounded("floor"), rounded("ceil")];
  const fits =
    least.outHeight <= outHeight &&
    outHeight <= most.outHeight &&
    least.outWidth <= outWidth &&
    outWidth <= most.outWidth;
  if (!fits) {
    throw new InvalidArgumentError(
      "dy",
      `expected ${least.outHeight} x ${least.outWidth} outputs of an input of ${inputShape[1]} x ${inputShape[2]} with these strides and this padding, received ${outHeight} x ${outWidth}; in conv2dTranspose, choose another outputShape`,
    );
  }
  return { ...least, outHeight, outWidth };
}

/** Throws an InvalidArgumentError for windows so large that tfjs computes a negative number of outputs. */
export function checkOutputs(...counts: number[]): void {
  if (counts.some((count) => count < 0)) {
    throw new InvalidArgumentError(
      "x",
      `expected an input that is, with its padding, at least as large as the filter, received one with ${counts.join(" x ")} outputs`,
    );
  }
}

// Explicit padding is given in the order of the images' axes.
function channelsLast(pad: Exclude<ConvAttributes["pad"], number>) {
  if (typeof pad === "string") return pad;
  const [images, channels, rows, columns] = pad;
  return [images, rows, columns, channels] as backend_util.ExplicitPadding;
}

// For numeric padding, tfjs computes the output's width with the filter's height and the vertical stride.
function around(pad: number): backend_util.ExplicitPadding {
  return [
    [0, 0],
    [pad, pad],
    [pad, pad],
    [0, 0],
  ];
}

/** Whether every pixel is multiplied with one weight matrix: 1x1 filters without strides. */
export function isProduct(geometry: ConvGeometry): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth } = geometry;
  const { outHeight, outWidth, padInfo } = geometry;
  return (
    filterHeight * filterWidth * strideHeight * strideWidth === 1 &&
    padInfo.top === 0 &&
    padInfo.left === 0 &&
    inHeight === outHeight &&
    inWidth === outWidth
  );
}
