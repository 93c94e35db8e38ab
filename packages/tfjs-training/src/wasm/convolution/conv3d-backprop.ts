/** Both gradients of a convolution over depth, height and width. */

import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf, zeros } from "../memory/heap.js";
import { defineRepair } from "../repair.js";

type Shape5D = [number, number, number, number, number];

interface Attributes {
  strides: number | [number, number, number];
  pad: "valid" | "same";
}

/**
 * `Conv3DBackpropInputV2`. The stock kernel adds to memory that it has not cleared, and ignores strides and
 * padding.
 */
export const conv3dBackpropInput = defineRepair<
  { dy: TensorInfo; filter: TensorInfo },
  Attributes & { inputShape: Shape5D }
>("Conv3DBackpropInputV2", () => ({ inputs: { dy, filter }, backend, attrs }) => {
  const sizes = volumeSizes(attrs.inputShape, filter.shape as Shape5D, attrs);
  const gradient = zeros(backend, attrs.inputShape);
  const [from, weights, to] = [dy, filter, gradient].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).volumeInputGradient(from, weights, to, ...sizes);
  return gradient;
});

/** `Conv3DBackpropFilterV2`; the stock kernel has the same errors. */
export const conv3dBackpropFilter = defineRepair<
  { x: TensorInfo; dy: TensorInfo },
  Attributes & { filterShape: Shape5D }
>("Conv3DBackpropFilterV2", () => ({ inputs: { x, dy }, backend, attrs }) => {
  const sizes = volumeSizes(x.shape as Shape5D, attrs.filterShape, attrs);
  const gradient = zeros(backend, attrs.filterShape);
  const [fromDy, from, to] = [dy, x, gradient].map((tensor) => bytesOf(backend, tensor));
  kernelsOf(backend).volumeFilterGradient(fromDy, from, to, ...sizes);
  return gradient;
});

type Axes = [depth: number, height: number, width: number];
type VolumeSizes = [
  batch: number,
  channels: number,
  outChannels: number,
  ...input: Axes,
  ...output: Axes,
  ...filter: Axes,
  ...steps: Axes,
  ...padding: Axes,
];

function volumeSizes(inputShape: Shape5D, filterShape: Shape5D, { strides, pad }: Attributes): VolumeSizes {
  const g = backend_util.computeConv3DInfo(inputShape, filterShape, strides, 1, pad);
  return [
    ...[g.batchSize, g.inChannels, g.outChannels],
    ...[g.inDepth, g.inHeight, g.inWidth],
    ...[g.outDepth, g.outHeight, g.outWidth],
    ...[g.filterDepth, g.filterHeight, g.filterWidth],
    ...[g.strideDepth, g.strideHeight, g.strideWidth],
    ...[g.padInfo.front, g.padInfo.top, g.padInfo.left],
  ] as VolumeSizes;
}
