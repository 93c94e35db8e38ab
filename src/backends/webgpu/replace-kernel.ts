/** Replacing kernels of the webgpu backend. */

import {
  getKernel,
  type KernelBackend,
  type KernelConfig,
  type NamedAttrMap,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import type { GpuDevice } from "./gpu.js";

/** tfjs's `WebGPUBackend`, as far as kernels use it. */
export interface WebGPUBackend extends KernelBackend {
  /** The opened device. */
  readonly device: GpuDevice;
}

/** A kernel of one output. */
export type WebGPUKernel = (call: {
  inputs: object;
  backend: WebGPUBackend;
  attrs: NamedAttrMap;
}) => TensorInfo;

// On the function itself, not in a module variable: two copies of this library share one registry.
const replaced = Symbol.for("ncps-ts.webgpu-repair");

/** Puts a kernel in the place of tfjs's own, which it is made around. Calling it again does nothing. */
export function replaceKernel(kernelName: string, make: (stock: WebGPUKernel) => WebGPUKernel): void {
  const config = getKernel(kernelName, "webgpu");
  if (!config || replaced in config.kernelFunc) return;
  const kernel = Object.assign(make(config.kernelFunc as unknown as WebGPUKernel), { [replaced]: true });
  unregisterKernel(kernelName, "webgpu");
  registerKernel({ ...config, kernelFunc: kernel as unknown as KernelConfig["kernelFunc"] });
}
