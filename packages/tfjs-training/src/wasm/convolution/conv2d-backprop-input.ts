/** Gradient of a convolution with respect to its input, as products of the output's gradient with the filter. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { bytesOf, zeros } from "../memory/heap.js";
import { gemm, productEngine } from "../products/gemm.js";
import { defineRepair } from "../repair.js";
import { winogradInputGradient } from "../winograd/winograd.js";
import { lastShape, toChannelsFirst, withChannelsLast } from "./channels-first.js";
import {
  type ConvGeometry,
  type ConvGradientAttributes,
  gradientGeometry,
  type InputGradientAddresses,
  isProduct,
  type Shape4D,
} from "./conv-geometry.js";
import { convolutionPlan } from "./conv-plan.js";
import { gradientByCells } from "./input-gradient-by-cells.js";
import { gradientByPatches } from "./input-gradient-by-patches.js";

interface Inputs {
  dy: TensorInfo;
  filter: TensorInfo;
}

interface Attributes extends ConvGradientAttributes {
  inputShape: Shape4D;
}

/** `Conv2DBackpropInput`, which is also the transposed convolution. */
export const conv2dBackpropInput = defineRepair<Inputs, Attributes>(
  "Conv2DBackpropInput",
  () =>
    ({ inputs: { dy, filter }, backend, attrs }) => {
      const channelsFirst = attrs.dataFormat === "NCHW";
      const inputShape = channelsFirst ? lastShape(attrs.inputShape) : attrs.inputShape;
      const lastAxis = (gradients: TensorInfo) => {
        if (sizeOf(gradients.shape) * sizeOf(inputShape) === 0) return zeros(backend, inputShape);
        const geometry = gradientGeometry(inputShape, filter.shape, attrs, gradients.shape);
        const output = backend.makeOutput(inputShape, "float32");
        const [from, weights, dx] = [gradients, filter, output].map((tensor) => bytesOf(backend, tensor));
        const addresses = { dy: from, filter: weights, dx };
        const plan = convolutionPlan(geometry, "inputGradient", productEngine() !== undefined);
        if (isProduct(geometry)) gemm(backend, productOf(geometry, addresses));
        else if (plan.way === "winograd") winogradInputGradient(backend, geometry, plan.axes, addresses);
        else if (productEngine() && geometry.dilationHeight * geometry.dilationWidth === 1) {
          gradientByCells(backend, geometry, addresses);
        } else gradientByPatches(backend, geometry, addresses);
        return output;
      };
      if (!channelsFirst) return lastAxis(dy);
      return toChannelsFirst(backend, withChannelsLast(backend, [dy], lastAxis));
    },
);

function productOf(geometry: ConvGeometry, { dy, filter, dx }: InputGradientAddresses) {
  const { batchSize, inHeight, inWidth, inChannels, outChannels } = geometry;
  const m = batchSize * inHeight * inWidth;
  return { m, n: inChannels, k: outChannels, a: dy, b: filter, c: dx, transposeB: true };
}
