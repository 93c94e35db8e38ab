/** Average pooling over height and width. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { defineRepair } from "../repair.js";
import { type PoolAttributes, poolSizes } from "./pool-geometry.js";

/**
 * `AvgPool`. The stock kernel computes the number of windows itself, ignoring `dimRoundingMode` and unlike tfjs for
 * numeric padding: it then writes past its memory. It can also turn NaN into -Infinity.
 */
export const averagePool = defineRepair<{ x: TensorInfo }, PoolAttributes>("AvgPool", (stockOf) => {
  const stock = stockOf("AvgPool");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { x } = inputs;
    if (x.dtype !== "float32") return stock(call);
    const [sizes, outShape] = poolSizes(x.shape, attrs);
    const output = backend.makeOutput(outShape, "float32");
    kernelsOf(backend).averagePool(bytesOf(backend, x), bytesOf(backend, output), ...sizes);
    return output;
  };
});
