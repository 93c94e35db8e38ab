/** Puts the repaired and missing kernels into tfjs's wasm backend. */

import { engine } from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../../core/errors.js";
import { averagePool } from "./average-pool.js";
import { batchMatMul } from "./batch-mat-mul.js";
import { bincount } from "./bincount.js";
import { cast } from "./cast.js";
import { cfcScan, cfcScanGrad } from "./cfc-scan.js";
import { clipByValue, relu6 } from "./clamp.js";
import { conv2d, fusedConv2d } from "./conv2d.js";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./conv2d-backprop-input.js";
import { conv3dBackpropFilter, conv3dBackpropInput } from "./conv3d-backprop.js";
import { delegated, withOtherTypes } from "./delegated.js";
import { depthwiseConv2d } from "./depthwise-conv2d.js";
import { depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from "./depthwise-conv2d-backprop.js";
import { greater, greaterEqual, less, lessEqual, maximum, minimum, select } from "./elementwise.js";
import { argMax, argMin, cumsum } from "./empty.js";
import { fusedDepthwiseConv2d } from "./fused-depthwise-conv2d.js";
import { fusedMatMul } from "./fused-mat-mul.js";
import { gatherV2 } from "./gather.js";
import type { WasmBackend } from "./heap.js";
import { identity } from "./identity.js";
import { type KernelOptions, setKernelOptions } from "./kernel-module.js";
import { ltcScan, ltcScanGrad } from "./ltc-scan.js";
import { maxPool } from "./max-pool.js";
import { maxPool3D } from "./max-pool-3d.js";
import { maxPool3DGrad, maxPoolGrad } from "./max-pool-grad.js";
import { mean } from "./mean.js";
import { mixedCfcScan, mixedCfcScanGrad } from "./mixed-cfc-scan.js";
import { oneHot } from "./one-hot.js";
import { adamStep, globalNorm, rmspropStep, sgdStep } from "./optimizer-step.js";
import { prelu } from "./prelu.js";
import { all, any, max, min, prod } from "./reduce.js";
import { reluGrad } from "./relu-grad.js";
import { installRepair, removeRepair, type WasmRepair } from "./repair.js";
import { resizeBilinear, resizeNearestNeighbor } from "./resize.js";
import { reverse } from "./reverse.js";
import { guardAllocation } from "./scratch.js";
import { slice } from "./slice.js";
import { splitV } from "./split.js";
import { stridedSlice } from "./strided-slice.js";
import { sum } from "./sum.js";
import { tile } from "./tile.js";
import { transpose } from "./transpose.js";
import { erf, exp, leakyRelu, softplus, tanh } from "./unary.js";
import { unpack } from "./unpack.js";
import { unsortedSegmentSum } from "./unsorted-segment-sum.js";
import { wiredCfcScan, wiredCfcScanGrad } from "./wired-cfc-scan.js";

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
  cfcScan,
  cfcScanGrad,
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
  ltcScan,
  ltcScanGrad,
  max,
  maximum,
  maxPool,
  maxPool3D,
  maxPool3DGrad,
  maxPoolGrad,
  mean,
  min,
  minimum,
  mixedCfcScan,
  mixedCfcScanGrad,
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
  wiredCfcScan,
  wiredCfcScanGrad,
];

const repairs: readonly WasmRepair[] = [...withOtherTypes(replaced), ...delegated];

/** Names of the kernels that {@link installWasmRepairs} replaces or adds, in tfjs's spelling. */
export const wasmRepairNames: readonly string[] = repairs.map(({ kernelName }) => kernelName);

/** Options of {@link installWasmRepairs}. */
export interface WasmRepairOptions extends KernelOptions {
  /** Which kernels, by tfjs's names; default all of {@link wasmRepairNames}. */
  kernels?: readonly string[];
}

/**
 * Replaces those kernels of `@tensorflow/tfjs-backend-wasm` 4.22 that are missing, wrong or ten times
 * slower than need be, through tfjs's own registry: existing models train without a change. Import the
 * backend first; `useBackend` calls this. Calling it again does nothing.
 *
 * @returns names of the kernels that this call replaced or added
 * @throws InvalidArgumentError when a name is unknown
 *
 * @example
 * ```ts
 * import "@tensorflow/tfjs-backend-wasm";
 * import * as tf from "@tensorflow/tfjs-core";
 * import { installWasmRepairs } from "ncps-ts";
 *
 * await tf.setBackend("wasm");
 * installWasmRepairs();
 * ```
 */
export function installWasmRepairs({
  kernels = wasmRepairNames,
  ...kernelOptions
}: WasmRepairOptions = {}): string[] {
  const chosen = repairsOf(kernels);
  setKernelOptions(kernelOptions);
  const backend = engine().registry.wasm as unknown as WasmBackend | undefined;
  if (backend) guardAllocation(backend);
  return chosen.filter(installRepair).map(({ kernelName }) => kernelName);
}

/**
 * Puts tfjs's own kernels back in the place of those of {@link installWasmRepairs}, e.g. to compare them;
 * kernels that tfjs has not are removed.
 *
 * @param kernels which ones, by tfjs's names; default all of {@link wasmRepairNames}
 * @returns names of the kernels that this call put back or removed
 * @throws InvalidArgumentError when a name is unknown
 */
export function removeWasmRepairs(kernels: readonly string[] = wasmRepairNames): string[] {
  return repairsOf(kernels)
    .filter(removeRepair)
    .map(({ kernelName }) => kernelName);
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
