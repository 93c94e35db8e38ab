/**
 * For kernel authors: the device and stock kernels of the webgpu backend.
 *
 * @module
 */

export type { GpuDevice } from "./gpu.js";
export { replaceKernel, type WebGPUBackend, type WebGPUProgram } from "./replace-kernel.js";
export { flat, reshaped, StockKernels } from "./stock-kernels.js";
