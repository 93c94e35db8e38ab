/** The gradient of max pooling. */

import { backend_util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Shape4D } from "./conv-geometry.js";
import { addressOf, heapOf, zeros } from "./heap.js";
import { defineRepair } from "./repair.js";

interface Inputs {
  dy: TensorInfo;
  input: TensorInfo;
}

interface Attributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: "valid" | "same" | number | backend_util.ExplicitPadding;
  dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * `MaxPoolGrad`. The stock kernel starts each search for a maximum from the smallest positive number and
 * so loses the gradient of every window whose maximum is not positive. Of equal maxima the first counts.
 */
export const maxPoolGrad = defineRepair<Inputs, Attributes>(
  "MaxPoolGrad",
  () =>
    ({ inputs: { dy, input }, backend, attrs }) => {
      const { filterSize, strides, pad, dimRoundingMode } = attrs;
      const geometry = backend_util.computePool2DInfo(
        input.shape as Shape4D,
        filterSize,
        strides,
        1,
        pad,
        dimRoundingMode,
      );
      const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = geometry;
      const gradient = zeros(backend, input.shape);
      const heap = heapOf(backend);
      const x = addressOf(backend, input);
      const to = addressOf(backend, gradient);
      let read = addressOf(backend, dy);
      for (let image = 0; image < batchSize; image++) {
        for (let oh = 0; oh < outHeight; oh++) {
          const top = oh * geometry.strideHeight - geometry.padInfo.top;
          const firstRow = Math.max(0, top);
          const lastRow = Math.min(inHeight, top + geometry.filterHeight);
          for (let ow = 0; ow < outWidth; ow++) {
            const left = ow * geometry.strideWidth - geometry.padInfo.left;
            const firstColumn = Math.max(0, left);
            const lastColumn = Math.min(inWidth, left + geometry.filterWidth);
            for (let channel = 0; channel < inChannels; channel++) {
              let best = ((image * inHeight + firstRow) * inWidth + firstColumn) * inChannels + channel;
              let maximum = heap[x + best];
              for (let row = firstRow; row < lastRow; row++) {
                let at = ((image * inHeight + row) * inWidth + firstColumn) * inChannels + channel;
                for (let column = firstColumn; column < lastColumn; column++, at += inChannels) {
                  if (heap[x + at] > maximum) {
                    maximum = heap[x + at];
                    best = at;
                  }
                }
              }
              heap[to + best] += heap[read++];
            }
          }
        }
      }
      return gradient;
    },
);
