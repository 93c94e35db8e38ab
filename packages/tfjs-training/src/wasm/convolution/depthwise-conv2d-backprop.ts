/** Both gradients of a depthwise convolution, which the wasm backend lacks. */

import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import type { ConvGradientAttributes, Shape4D } from "./conv-geometry.js";

interface DepthwiseAttributes extends ConvGradientAttributes {
  dilations: [number, number];
}

/** `DepthwiseConv2dNativeBackpropFilter`: the filter is `[height, width, channels, multiplier]`. */
export const depthwiseConv2dBackpropFilter = defineRepair<
  { x: TensorInfo; dy: TensorInfo },
  DepthwiseAttributes & { filterShape: Shape4D }
>("DepthwiseConv2dNativeBackpropFilter", () => ({ inputs: { x, dy }, backend, attrs }) => {
  const sizes = depthwiseSizes(x.shape, attrs.filterShape, attrs, dy.shape);
  const gradient = backend.makeOutput(attrs.filterShape, "float32");
  const [from, fromDy, to] = [x, dy, gradient].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).depthwiseFilterGradient(from, fromDy, to, ...sizes);
  return gradient;
});

/** Kernel `DepthwiseConv2dNativeBackpropInput`. */
export const depthwiseConv2dBackpropInput = defineRepair<
  { dy: TensorInfo; filter: TensorInfo },
  DepthwiseAttributes & { inputShape: Shape4D }
>("DepthwiseConv2dNativeBackpropInput", () => ({ inputs: { dy, filter }, backend, attrs }) => {
  const sizes = depthwiseSizes(attrs.inputShape, filter.shape, attrs, dy.shape);
  const gradient = backend.makeOutput(attrs.inputShape, "float32");
  const [from, weights, to] = [dy, filter, gradient].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).depthwiseInputGradient(from, weights, to, ...sizes);
  return gradient;
});

type DepthwiseSizes = [
  batch: number,
  channels: number,
  multiplier: number,
  ...input: [number, number],
  ...output: [number, number],
  ...filter: [number, number],
  ...steps: [number, number],
  ...gaps: [number, number],
  ...padding: [number, number],
];

function depthwiseSizes(
  inputShape: number[],
  filterShape: number[],
  { strides, dilations, pad, dimRoundingMode }: DepthwiseAttributes,
  [, outHeight, outWidth]: number[],
): DepthwiseSizes {
  const shapes: [Shape4D, Shape4D] = [inputShape as Shape4D, filterShape as Shape4D];
  const gaps = dilations ?? [1, 1];
  const g = backend_util.computeConv2DInfo(...shapes, strides, gaps, pad, dimRoundingMode, true);
  return [
    ...[g.batchSize, g.inChannels, filterShape[3]],
    ...[g.inHeight, g.inWidth],
    ...[outHeight, outWidth], // not from `g`: tfjs does not pass `dimRoundingMode` to the gradients
    ...[g.filterHeight, g.filterWidth],
    ...[g.strideHeight, g.strideWidth],
    ...[g.dilationHeight, g.dilationWidth],
    ...[g.padInfo.top, g.padInfo.left],
  ] as DepthwiseSizes;
}
