/** Product, bias and activation in one kernel. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { defineRepair } from "../repair.js";
import { type MatMulAttributes, type MatMulInputs, multiplyBatch } from "./batch-mat-mul.js";
import { type FusedAttributes, type FusedInputs, fuse } from "./fused.js";

/**
 * `_FusedMatMul`. With a transposed factor or more than one product the stock kernel adds the bias and
 * applies relu once for every 48 terms of the sum, and uses the bias of the wrong column.
 */
export const fusedMatMul = defineRepair<MatMulInputs & FusedInputs, MatMulAttributes & FusedAttributes>(
  "_FusedMatMul",
  (stockOf) => {
    const stock = stockOf("_FusedMatMul");
    return (call) => {
      const { inputs, backend, attrs } = call;
      const multiply = fuse(call, outputColumns(inputs.b, attrs), stockOf);
      return multiply((epilogue) => multiplyBatch(backend, inputs, attrs, epilogue)) ?? stock(call);
    };
  },
);

function outputColumns({ shape }: TensorInfo, { transposeB }: MatMulAttributes): number {
  return shape[shape.length - (transposeB ? 2 : 1)];
}
