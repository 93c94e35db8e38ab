/**
 * For kernel authors: the memory, products and registration of the wasm backend.
 *
 * @module
 */

export {
  type AcceleratorExtension,
  type ExtensionOptions,
  type ProductRuntime,
  productNames,
  type RuntimeMatrix,
  type RuntimeSession,
} from "../accelerator/index.js";
export { largestDifference } from "../accelerator/largest-difference.js";
export {
  encodeModel,
  type OnnxArray,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
} from "../accelerator/onnx-model.js";
export { isRecording, refuseCapture } from "./capture.js";
export type { KernelExports } from "./kernel-binaries.js";
export {
  general as generalKernels,
  joinKernels,
  type KernelBinary,
  type KernelBuild,
  KernelModule,
  type KernelOptions,
  kernelOptions,
  kernelsOf,
  kernelsOn,
} from "./kernel-module.js";
export { Arena, arenaOf, constantWords } from "./memory/arena.js";
export { addressOf, bytesOf, heapOf, type WasmBackend, wordsOf, zeros } from "./memory/heap.js";
export { byteAddress, NamedInputs, savedTensor } from "./memory/named-inputs.js";
export { hasKernels, OwnMemory } from "./memory/own-memory.js";
export { assignInPlace, floatTensor, readFloats } from "./memory/tensor-values.js";
export {
  type Epilogue,
  gemm,
  gemmMany,
  type Product,
  type ProductBatch,
  type ProductEngine,
  productEngine,
  setProductEngine,
} from "./products/gemm.js";
export { defineRepair, type WasmCall, type WasmKernel, type WasmRepair } from "./repair.js";
