/** Max pooling over depth, height and width. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import { type Pool3DAttributes, poolSizes3D } from "./pool-geometry.js";

/**
 * `MaxPool3D`. The stock kernel starts each maximum from the smallest positive number, and returns that
 * for every window without a positive value. NaN does not count, as in two dimensions.
 */
export const maxPool3D = defineRepair<{ x: TensorInfo }, Pool3DAttributes>("MaxPool3D", (stockOf) => {
  const stock = stockOf("MaxPool3D");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (x.dtype !== "float32" || attrs.dataFormat === "NCDHW") return stock(call);
    const [sizes, outShape] = poolSizes3D(x.shape, attrs);
    const output = backend.makeOutput(outShape, "float32");
    kernelsOf(backend).maxPool(bytesOf(backend, x), bytesOf(backend, output), ...sizes);
    return output;
  };
});
