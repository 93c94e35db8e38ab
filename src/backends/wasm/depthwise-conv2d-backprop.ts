/** Both gradients of a depthwise convolution, which the wasm backend lacks: plain loops over the heap. */

import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { ConvGradientAttributes, Shape4D } from "./conv-geometry.js";
import { addressOf, heapOf, zeros } from "./heap.js";
import type { ConvGeometry } from "./im2col.js";
import { defineRepair } from "./repair.js";

interface DepthwiseAttributes extends ConvGradientAttributes {
  dilations: [number, number];
}

/** `DepthwiseConv2dNativeBackpropFilter`: the filter is `[height, width, channels, multiplier]`. */
export const depthwiseConv2dBackpropFilter = defineRepair<
  { x: TensorInfo; dy: TensorInfo },
  DepthwiseAttributes & { filterShape: Shape4D }
>("DepthwiseConv2dNativeBackpropFilter", () => ({ inputs: { x, dy }, backend, attrs }) => {
  const geometry = depthwiseGeometry(x.shape, attrs.filterShape, attrs);
  const gradient = backend.makeOutput(attrs.filterShape, "float32");
  const heap = heapOf(backend);
  const multiplier = attrs.filterShape[3];
  const sums = new Float64Array(attrs.filterShape.reduce((a, b) => a * b));
  const fromX = addressOf(backend, x);
  const fromDy = addressOf(backend, dy);
  visitTaps(geometry, (pixel, outPixel, tap) => {
    let readX = fromX + pixel * geometry.inChannels;
    let readDy = fromDy + outPixel * geometry.outChannels;
    let weight = tap * geometry.outChannels;
    for (let channel = 0; channel < geometry.inChannels; channel++) {
      const value = heap[readX++];
      for (let i = 0; i < multiplier; i++) sums[weight++] += value * heap[readDy++];
    }
  });
  heap.set(sums, addressOf(backend, gradient));
  return gradient;
});

/** `DepthwiseConv2dNativeBackpropInput`. */
export const depthwiseConv2dBackpropInput = defineRepair<
  { dy: TensorInfo; filter: TensorInfo },
  DepthwiseAttributes & { inputShape: Shape4D }
>("DepthwiseConv2dNativeBackpropInput", () => ({ inputs: { dy, filter }, backend, attrs }) => {
  const geometry = depthwiseGeometry(attrs.inputShape, filter.shape, attrs);
  const gradient = zeros(backend, attrs.inputShape);
  const heap = heapOf(backend);
  const multiplier = filter.shape[3];
  const to = addressOf(backend, gradient);
  const fromDy = addressOf(backend, dy);
  const fromFilter = addressOf(backend, filter);
  visitTaps(geometry, (pixel, outPixel, tap) => {
    let write = to + pixel * geometry.inChannels;
    let readDy = fromDy + outPixel * geometry.outChannels;
    let weight = fromFilter + tap * geometry.outChannels;
    for (let channel = 0; channel < geometry.inChannels; channel++) {
      let sum = 0;
      for (let i = 0; i < multiplier; i++) sum += heap[weight++] * heap[readDy++];
      heap[write++] += sum;
    }
  });
  return gradient;
});

function depthwiseGeometry(
  inputShape: number[],
  filterShape: number[],
  { strides, dilations, pad, dimRoundingMode }: DepthwiseAttributes,
): ConvGeometry {
  const shapes: [Shape4D, Shape4D] = [inputShape as Shape4D, filterShape as Shape4D];
  return backend_util.computeConv2DInfo(...shapes, strides, dilations ?? [1, 1], pad, dimRoundingMode, true);
}

// Calls `visit` for every pair of an input pixel and an output pixel that a filter tap connects.
function visitTaps(
  geometry: ConvGeometry,
  visit: (pixel: number, outPixel: number, tap: number) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, padInfo } = geometry;
  const { strideHeight, strideWidth, dilationHeight, dilationWidth } = geometry;
  for (let image = 0; image < batchSize; image++) {
    for (let oh = 0; oh < outHeight; oh++) {
      for (let kh = 0; kh < filterHeight; kh++) {
        const ih = oh * strideHeight + kh * dilationHeight - padInfo.top;
        if (ih < 0 || ih >= inHeight) continue;
        for (let ow = 0; ow < outWidth; ow++) {
          for (let kw = 0; kw < filterWidth; kw++) {
            const iw = ow * strideWidth + kw * dilationWidth - padInfo.left;
            if (iw < 0 || iw >= inWidth) continue;
            visit(
              (image * inHeight + ih) * inWidth + iw,
              (image * outHeight + oh) * outWidth + ow,
              kh * filterWidth + kw,
            );
          }
        }
      }
    }
  }
}
