/** Convolutions, with and without bias and activation. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { bytesOf, type WasmBackend } from "../memory/heap.js";
import { type FusedAttributes, type FusedInputs, fuse } from "../products/fused.js";
import type { Epilogue } from "../products/gemm.js";
import { defineRepair } from "../repair.js";
import { toChannelsFirst, withChannelsLast } from "./channels-first.js";
import { type ConvAttributes, convGeometry } from "./conv-geometry.js";
import { convolve } from "./convolve.js";

interface Inputs {
  x: TensorInfo;
  filter: TensorInfo;
}

/**
 * `Conv2D`. Compared with the stock kernel: fused multiply-add, channels first, and the correct output width for
 * numeric padding with unequal strides or filter sizes.
 */
export const conv2d = defineRepair<Inputs, ConvAttributes>(
  "Conv2D",
  () =>
    ({ inputs, backend, attrs }) =>
      convolution(backend, inputs, attrs, {}),
);

/** `FusedConv2D`: with a bias and an activation. */
export const fusedConv2d = defineRepair<Inputs & FusedInputs, ConvAttributes & FusedAttributes>(
  "FusedConv2D",
  (stockOf) => {
    return (call) => {
      const { inputs, backend, attrs } = call;
      const compute = fuse(call, inputs.filter.shape[3], stockOf);
      return compute((epilogue) => convolution(backend, inputs, attrs, epilogue))!;
    };
  },
);

function convolution(
  backend: WasmBackend,
  { x, filter }: Inputs,
  attributes: ConvAttributes,
  epilogue: Epilogue,
): TensorInfo {
  const lastAxis = (images: TensorInfo) => {
    const geometry = convGeometry(images.shape, filter.shape, attributes);
    const { batchSize, outHeight, outWidth, outChannels } = geometry;
    const y = backend.makeOutput([batchSize, outHeight, outWidth, outChannels], "float32");
    const [fromX, fromFilter, to] = [images, filter, y].map((tensor) => bytesOf(backend, tensor));
    convolve(backend, geometry, { x: fromX, filter: fromFilter, y: to }, epilogue);
    return y;
  };
  if (attributes.dataFormat !== "NCHW") return lastAxis(x);
  return toChannelsFirst(backend, withChannelsLast(backend, [x], lastAxis));
}
