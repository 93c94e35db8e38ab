/** Product, bias and activation in one kernel. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { batchMatMul } from "./batch-mat-mul.js";
import type { MatMulAttributes, MatMulInputs, MatMulKernel } from "./product.js";
import { defineRepair, type WasmKernel } from "./repair.js";

interface Inputs extends MatMulInputs {
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

interface Attributes extends MatMulAttributes {
  activation: keyof typeof activationKernels | "linear";
  leakyreluAlpha?: number;
}

const activationKernels = {
  relu: "Relu",
  relu6: "Relu6",
  prelu: "Prelu",
  leakyrelu: "LeakyRelu",
  sigmoid: "Sigmoid",
  elu: "Elu",
} as const;

/**
 * `_FusedMatMul`. With a transposed factor or more than one product the stock kernel adds the bias and
 * applies relu once for every 48 terms of the sum, and takes the bias of the wrong column. Those cases
 * are composed here of a product, an addition and the activation.
 */
export const fusedMatMul = defineRepair<Inputs, Attributes>("_FusedMatMul", (stockOf) => {
  const stock = stockOf("_FusedMatMul");
  const product = batchMatMul.create(stockOf as Parameters<typeof batchMatMul.create>[0]) as MatMulKernel;
  const add: WasmKernel<{ a: TensorInfo; b: TensorInfo }> = stockOf("Add");
  return (call) => {
    const { inputs, backend, attrs } = call;
    const { a, b, bias, preluActivationWeights: alpha } = inputs;
    const { transposeA, transposeB, activation } = attrs;
    const single = sizeOf(a.shape.slice(0, -2)) === 1 && sizeOf(b.shape.slice(0, -2)) === 1;
    const kernelName = activation === "linear" ? undefined : activationKernels[activation];
    if ((single && !transposeA && !transposeB) || (activation !== "linear" && !kernelName))
      return stock(call);

    let result = product({ inputs: { a, b }, backend, attrs: { transposeA, transposeB } });
    const replaceBy = (next: TensorInfo) => {
      backend.disposeData(result.dataId);
      result = next;
    };
    if (bias) replaceBy(add({ inputs: { a: result, b: bias }, backend, attrs: {} }));
    if (kernelName) {
      const activate: WasmKernel = stockOf<object, object>(kernelName);
      const operands = activation === "prelu" ? { x: result, alpha } : { x: result };
      replaceBy(activate({ inputs: operands, backend, attrs: { alpha: attrs.leakyreluAlpha } }));
    }
    return result;
  };
});
