/** Windows of pooling, in the form of the compiled kernels. */

import { backend_util } from "@tensorflow/tfjs-core";
import { checkOutputs, type Shape4D } from "../convolution/conv-geometry.js";

/** Attributes that tfjs passes to max pooling over height and width. */
export interface PoolAttributes {
  /** Height and width of a window. */
  filterSize: number | [number, number];
  /** Strides of the windows. */
  strides: number | [number, number];
  /** Padding around the image, excluded from maxima. */
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  /** Rounding of the output size. */
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Attributes that tfjs passes to max pooling over depth, height and width. */
export interface Pool3DAttributes {
  /** Depth, height and width of a window. */
  filterSize: number | [number, number, number];
  /** Strides of the windows. */
  strides: number | [number, number, number];
  /** Padding around the volume, excluded from maxima. */
  pad: "valid" | "same" | number;
  /** Rounding of the output size. */
  dimRoundingMode?: "floor" | "round" | "ceil";
  /** Order of the axes; the kernels only support `"NDHWC"`. */
  dataFormat?: "NDHWC" | "NCDHW";
}

/** Images, channels, input, output, window, steps and padding, each as depth, height and width. */
export type PoolSizes = [
  batch: number,
  channels: number,
  ...input: [number, number, number],
  ...output: [number, number, number],
  ...window: [number, number, number],
  ...steps: [number, number, number],
  ...padding: [number, number, number],
];

/**
 * Sizes of pooling of `[batch, height, width, channels]`, and the shape of the result, which takes precedence if it is
 * given: tfjs does not pass `dimRoundingMode` to the gradients.
 */
export function poolSizes(
  shape: number[],
  attributes: PoolAttributes,
  result?: number[],
): [PoolSizes, outShape: number[]] {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const g = backend_util.computePool2DInfo(shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  const outShape = result ?? g.outShape;
  checkOutputs(...outShape.slice(1, 3));
  const sizes = [
    ...[g.batchSize, g.inChannels],
    ...[1, g.inHeight, g.inWidth],
    ...[1, ...outShape.slice(1, 3)],
    ...[1, g.filterHeight, g.filterWidth],
    ...[1, g.strideHeight, g.strideWidth],
    ...[0, g.padInfo.top, g.padInfo.left],
  ];
  return [sizes as PoolSizes, outShape];
}

/** Whether every window overlaps the image, and there are as many as fit into it and its padding. */
export function windowsFit(shape: number[], attributes: PoolAttributes): boolean {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const g = backend_util.computePool2DInfo(shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = g.padInfo;
  return [
    [g.inHeight, top, bottom, g.filterHeight, g.strideHeight, g.outHeight],
    [g.inWidth, left, right, g.filterWidth, g.strideWidth, g.outWidth],
  ].every(
    ([size, before, after, window, stride, count]) =>
      count > 0 &&
      Math.max(before, after) < window &&
      Math.floor((size + before + after - window) / stride) + 1 === count,
  );
}

/** Sizes of pooling of `[batch, depth, height, width, channels]`; see {@link poolSizes}. */
export function poolSizes3D(
  shape: number[],
  attributes: Pool3DAttributes,
  result?: number[],
): [PoolSizes, outShape: number[]] {
  const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attributes;
  const g = backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
    dataFormat,
  );
  const outShape = result ?? g.outShape;
  checkOutputs(...outShape.slice(1, 4));
  const sizes = [
    ...[g.batchSize, g.inChannels],
    ...[g.inDepth, g.inHeight, g.inWidth],
    ...outShape.slice(1, 4),
    ...[g.filterDepth, g.filterHeight, g.filterWidth],
    ...[g.strideDepth, g.strideHeight, g.strideWidth],
    ...[g.padInfo.front, g.padInfo.top, g.padInfo.left],
  ];
  return [sizes as PoolSizes, outShape];
}
