/** Registers the repaired and missing kernels in tfjs's wasm backend. */

import { engine } from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { conv2d, fusedConv2d } from "./convolution/conv2d.js";
import { conv2dBackpropFilter } from "./convolution/conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./convolution/conv2d-backprop-input.js";
import { conv3dBackpropFilter, conv3dBackpropInput } from "./convolution/conv3d-backprop.js";
import { depthwiseConv2d } from "./convolution/depthwise-conv2d.js";
import {
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
} from "./convolution/depthwise-conv2d-backprop.js";
import { fusedDepthwiseConv2d } from "./convolution/fused-depthwise-conv2d.js";
import { delegated, withOtherTypes } from "./delegated.js";
import { clipByValue, relu6 } from "./elementwise/clamp.js";
import {
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  minimum,
  select,
} from "./elementwise/elementwise.js";
import { prelu } from "./elementwise/prelu.js";
import { reluGrad } from "./elementwise/relu-grad.js";
import { erf, exp, leakyRelu, softplus, tanh } from "./elementwise/unary.js";
import { type KernelOptions, setKernelOptions } from "./kernel-module.js";
import type { WasmBackend } from "./memory/heap.js";
import { guardAllocation } from "./memory/scratch.js";
import { adamStep, globalNorm, rmspropStep, sgdStep } from "./optimizer/optimizer-step.js";
import { averagePool } from "./pooling/average-pool.js";
import { maxPool } from "./pooling/max-pool.js";
import { maxPool3D } from "./pooling/max-pool-3d.js";
import { maxPool3DGrad, maxPoolGrad } from "./pooling/max-pool-grad.js";
import { batchMatMul } from "./products/batch-mat-mul.js";
import { fusedMatMul } from "./products/fused-mat-mul.js";
import { bincount } from "./reduction/bincount.js";
import { argMax, argMin, cumsum } from "./reduction/empty.js";
import { mean } from "./reduction/mean.js";
import { all, any, max, min, prod } from "./reduction/reduce.js";
import { sum } from "./reduction/sum.js";
import { unsortedSegmentSum } from "./reduction/unsorted-segment-sum.js";
import { installRepair, removeRepair, type WasmRepair } from "./repair.js";
import { cast } from "./shape/cast.js";
import { gatherV2 } from "./shape/gather.js";
import { identity } from "./shape/identity.js";
import { oneHot } from "./shape/one-hot.js";
import { resizeBilinear, resizeNearestNeighbor } from "./shape/resize.js";
import { reverse } from "./shape/reverse.js";
import { slice } from "./shape/slice.js";
import { splitV } from "./shape/split.js";
import { stridedSlice } from "./shape/strided-slice.js";
import { tile } from "./shape/tile.js";
import { transpose } from "./shape/transpose.js";
import { unpack } from "./shape/unpack.js";

const replaced = [
  adamStep,
  all,
  any,
  argMax,
  argMin,
  averagePool,
  batchMatMul,
  bincount,
  cast,
  clipByValue,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  cumsum,
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  erf,
  exp,
  fusedConv2d,
  fusedDepthwiseConv2d,
  fusedMatMul,
  gatherV2,
  globalNorm,
  greater,
  greaterEqual,
  identity,
  leakyRelu,
  less,
  lessEqual,
  max,
  maximum,
  maxPool,
  maxPool3D,
  maxPool3DGrad,
  maxPoolGrad,
  mean,
  min,
  minimum,
  oneHot,
  prelu,
  prod,
  relu6,
  reluGrad,
  resizeBilinear,
  resizeNearestNeighbor,
  reverse,
  rmspropStep,
  select,
  sgdStep,
  slice,
  softplus,
  splitV,
  stridedSlice,
  sum,
  tanh,
  tile,
  transpose,
  unpack,
  unsortedSegmentSum,
];

const repairs: readonly WasmRepair[] = [...withOtherTypes(replaced), ...delegated];

/** Names of the kernels that {@link installWasmRepairs} replaces or adds, in tfjs's spelling. */
export const wasmRepairNames: readonly string[] = repairs.map(({ kernelName }) => kernelName);

/** Options of {@link installWasmRepairs}. */
export interface WasmRepairOptions extends KernelOptions {
  /** The kernels, by tfjs's names; default all of {@link wasmRepairNames}. */
  kernels?: readonly string[];
  /** Kernels of another package, created by `defineRepair`, which are registered as well. */
  extra?: readonly WasmRepair[];
}

const repairNames = optionNames<WasmRepairOptions>({
  kernels: true,
  extra: true,
  relaxedSimd: true,
  revectorize: true,
});

/**
 * Replaces those kernels of `@tensorflow/tfjs-backend-wasm` 4.22 that are missing, incorrect or ten times
 * slower than necessary, through tfjs's own registry: existing models train without changes. Import the
 * backend first; `useBackend` calls this. Calling it again has no effect.
 *
 * @returns names of the kernels that this call replaced or added
 * @throws InvalidArgumentError when a name is unknown
 *
 * @example
 * ```ts
 * import "@tensorflow/tfjs-backend-wasm";
 * import * as tf from "@tensorflow/tfjs-core";
 * import { installWasmRepairs } from "tfjs-training";
 *
 * await tf.setBackend("wasm");
 * installWasmRepairs();
 * ```
 */
export function installWasmRepairs(options: WasmRepairOptions = {}): string[] {
  checkOptions("installWasmRepairs", options, repairNames);
  const { kernels = wasmRepairNames, extra = [], ...kernelOptions } = options;
  const chosen = [...repairsOf(kernels), ...extra];
  setKernelOptions(kernelOptions);
  const backend = engine().registry.wasm as unknown as WasmBackend | undefined;
  if (backend) guardAllocation(backend);
  return chosen.filter(installRepair).map(({ kernelName }) => kernelName);
}

/**
 * Restores tfjs's own kernels in place of those of {@link installWasmRepairs}, e.g. to compare them;
 * kernels that tfjs does not have are removed.
 *
 * @param kernels the kernels, by tfjs's names; default all of {@link wasmRepairNames}
 * @param extra kernels of another package, which are removed as well
 * @returns names of the kernels that this call restored or removed
 * @throws InvalidArgumentError when a name is unknown
 */
export function removeWasmRepairs(
  kernels: readonly string[] = wasmRepairNames,
  extra: readonly WasmRepair[] = [],
): string[] {
  return [...repairsOf(kernels), ...extra].filter(removeRepair).map(({ kernelName }) => kernelName);
}

function repairsOf(kernels: readonly string[]): WasmRepair[] {
  const unknown = kernels.filter((name) => !wasmRepairNames.includes(name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      "kernels",
      `expected names out of ${wasmRepairNames.join(", ")}, received ${unknown.join(", ")}`,
    );
  }
  return repairs.filter(({ kernelName }) => kernels.includes(kernelName));
}
