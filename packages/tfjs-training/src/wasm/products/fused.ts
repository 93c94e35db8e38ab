/** Applies bias and activation after a product or a convolution, in the kernel itself if it supports them. */

import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../core/state.js";
import { withBroadcastSlopes } from "../elementwise/prelu.js";
import { kernelsOf } from "../kernel-module.js";
import { bytesOf } from "../memory/heap.js";
import type { WasmCall, WasmKernel } from "../repair.js";
import { activationFlags, type Epilogue } from "./gemm.js";

/** Additional inputs of tfjs's fused kernels. */
export interface FusedInputs {
  /** Bias, broadcast to the output. */
  bias?: TensorInfo;
  /** Slopes of `"prelu"`. */
  preluActivationWeights?: TensorInfo;
}

/** Attributes of tfjs's fused kernels. */
export interface FusedAttributes {
  /** Activation, default none. */
  activation?: keyof typeof activationKernels | "linear" | "relu" | "relu6";
  /** Slope of `"leakyrelu"`. */
  leakyreluAlpha?: number;
  /** Order of the axes of images, default `"NHWC"`. */
  dataFormat?: "NHWC" | "NCHW";
}

const activationKernels = {
  prelu: "Prelu",
  leakyrelu: "LeakyRelu",
  sigmoid: "Sigmoid",
  elu: "Elu",
} as const;

/**
 * Returns a function that runs `compute` with as much of bias and activation as a product supports (a bias
 * for each of the last axis's `columns`; relu and relu6) and the rest as separate kernels afterwards.
 */
export function fuse(
  { inputs, backend, attrs }: WasmCall<FusedInputs, FusedAttributes>,
  columns: number,
  stockOf: (name: string) => unknown,
): (compute: (epilogue: Epilogue) => TensorInfo | undefined) => TensorInfo | undefined {
  const { bias, preluActivationWeights: alpha } = inputs;
  const { activation = "linear" } = attrs;
  const inner = !bias || isRow(bias, columns);
  const simple = activation === "linear" || activation === "relu" || activation === "relu6";
  const epilogue: Epilogue = {
    bias: bias && inner ? bytesOf(backend, bias) : undefined,
    activation: simple && inner ? activation : "linear",
  };
  return (compute) => {
    let result = compute(epilogue);
    if (!result || sizeOf(result.shape) === 0) return result;
    const apply = (name: string, operands: object, attributes: object) => {
      const before = result!;
      const stock = stockOf(name) as WasmKernel;
      const kernel = name === "Prelu" ? (withBroadcastSlopes(stock as never) as WasmKernel) : stock;
      result = kernel({ inputs: operands, backend, attrs: attributes });
      backend.disposeData(before.dataId);
    };
    if (bias && !inner) apply("Add", { a: result, b: bias }, {});
    if (!simple) {
      const operands = activation === "prelu" ? { x: result, alpha: slopesOf(alpha!, attrs) } : { x: result };
      apply(activationKernels[activation], operands, { alpha: attrs.leakyreluAlpha });
    } else if (!inner && activation !== "linear") {
      // In place; the stock kernels would turn NaN into 0.
      const [at, flags] = [bytesOf(backend, result), activationFlags[activation]];
      kernelsOf(backend).finishRows(at, 0, 1, sizeOf(result.shape), 0, flags);
    }
    return result;
  };
}

// One slope for each channel, whatever the axis of the channels.
function slopesOf(alpha: TensorInfo, { dataFormat }: FusedAttributes): TensorInfo {
  const [count] = alpha.shape;
  if (dataFormat !== "NCHW" || alpha.shape.length !== 1) return alpha;
  return { ...alpha, shape: [count, 1, 1] };
}

function isRow({ shape, dtype }: TensorInfo, columns: number): boolean {
  return dtype === "float32" && shape[shape.length - 1] === columns && sizeOf(shape) === columns;
}
