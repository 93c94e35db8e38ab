/** Depthwise convolutions with a bias and an activation. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import { type FusedAttributes, type FusedInputs, fuse } from "../products/fused.js";
import { activationFlags } from "../products/gemm.js";
import { defineRepair } from "../repair.js";
import type { ConvAttributes } from "./conv-geometry.js";
import { depthwiseConv2d } from "./depthwise-conv2d.js";

interface Inputs extends FusedInputs {
  x: TensorInfo;
  filter: TensorInfo;
}

/**
 * `FusedDepthwiseConv2D`. The stock kernel computes the number of outputs like that of `DepthwiseConv2dNative`, and its
 * activations turn NaN into 0.
 */
export const fusedDepthwiseConv2d = defineRepair<Inputs, ConvAttributes & FusedAttributes>(
  "FusedDepthwiseConv2D",
  (stockOf) => {
    const convolve = depthwiseConv2d.create(stockOf);
    return (call) => {
      const { inputs, backend, attrs } = call;
      const [, , channels, multiplier] = inputs.filter.shape;
      const columns = channels * multiplier;
      const compute = fuse(call, columns, stockOf);
      return compute(({ bias = 0, activation = "linear" }) => {
        const result = convolve({ inputs: { x: inputs.x, filter: inputs.filter }, backend, attrs });
        const rows = columns === 0 ? 0 : sizeOf(result.shape) / columns;
        const flags = activationFlags[activation];
        if (bias || flags) {
          kernelsOf(backend).finishRows(bytesOf(backend, result), 4 * columns, rows, columns, bias, flags);
        }
        return result;
      })!;
    };
  },
);
