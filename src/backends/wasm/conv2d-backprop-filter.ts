/** The gradient of a convolution with respect to its filter, which the wasm backend lacks. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { type ConvGradientAttributes, convGeometry, type Shape4D } from "./conv-geometry.js";
import { addressOf, heapOf, zeros } from "./heap.js";
import { writePatches } from "./im2col.js";
import { accumulate, type MatMulAttributes, type MatMulInputs, multiply } from "./product.js";
import { defineRepair } from "./repair.js";

interface Inputs {
  x: TensorInfo;
  dy: TensorInfo;
}

interface Attributes extends ConvGradientAttributes {
  filterShape: Shape4D;
}

// Patches in one block (4 MB): the product then finds them in the cache, and memory stays bounded.
const blockFloats = 1 << 20;

/** `Conv2DBackpropFilter`: the patches times the gradient of the output, one run of output rows at a time. */
export const conv2dBackpropFilter = defineRepair<Inputs, Attributes>("Conv2DBackpropFilter", (stockOf) => {
  const matMul = stockOf<MatMulInputs, MatMulAttributes>("BatchMatMul");
  return ({ inputs: { x, dy }, backend, attrs }) => {
    const geometry = convGeometry(x.shape, attrs.filterShape, attrs);
    const { batchSize, outHeight, outWidth, outChannels } = geometry;
    if (sizeOf(dy.shape) === 0) return zeros(backend, attrs.filterShape);

    const m = geometry.filterHeight * geometry.filterWidth * geometry.inChannels;
    const rows = batchSize * outHeight;
    const rowsAtOnce = Math.max(1, Math.min(rows, Math.floor(blockFloats / (m * outWidth))));
    const columns = backend.makeOutput([m * rowsAtOnce * outWidth], "float32");
    let gradient: TensorInfo | undefined;
    for (let first = 0; first < rows; first += rowsAtOnce) {
      const last = Math.min(rows, first + rowsAtOnce);
      const patches = addressOf(backend, columns);
      writePatches(heapOf(backend), addressOf(backend, x), patches, geometry, { first, last });
      const size = { m, k: (last - first) * outWidth, n: outChannels };
      const part = multiply(
        backend,
        matMul,
        patches,
        addressOf(backend, dy) + first * outWidth * outChannels,
        size,
      );
      if (gradient) {
        accumulate(backend, addressOf(backend, part), addressOf(backend, gradient), m * outChannels);
        backend.disposeData(part.dataId);
      } else gradient = part;
    }
    backend.disposeData(columns.dataId);
    return { ...gradient!, shape: attrs.filterShape };
  };
});
