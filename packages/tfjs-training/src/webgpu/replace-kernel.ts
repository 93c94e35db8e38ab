/** Replaces kernels of the webgpu backend. */

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

/** tfjs's `WebGPUBackend`, as used by kernels. */
export interface WebGPUBackend extends KernelBackend {
  /** The opened device. */
  readonly device: GpuDevice;
  /** Creates a tensor whose values are uploaded when a shader needs them. */
  makeTensorInfo(shape: number[], dtype: "int32", values: Int32Array): TensorInfo;
  /** Runs a shader; the output is a new tensor. */
  runWebGPUProgram(
    program: WebGPUProgram,
    inputs: TensorInfo[],
    dtype: "float32",
    uniforms: { type: "int32" | "float32"; data: number[] }[],
  ): TensorInfo;
}

/** A shader program as tfjs expects it. */
export interface WebGPUProgram {
  /** Names of the inputs in the code; the output is `result`. */
  variableNames: string[];
  /** Members of the uniforms: `"steps : i32, "`. */
  uniforms: string;
  /** Shape of the output. */
  outputShape: number[];
  /** Invocations per workgroup. */
  workgroupSize: [number, number, number];
  /** Number of workgroups; tfjs spreads the first number over all three if a device requires it. */
  dispatch: [number, number, number];
  /** Mapping from axes of the output to axes of the dispatch. */
  dispatchLayout: { x: number[] };
  /** Cache key: programs with the same key have the same code. */
  shaderKey: string;
  /** WGSL code with `fn main(index : i32)`. */
  getUserCode(): string;
}

/** A kernel with one output. */
export type WebGPUKernel = (call: {
  inputs: object;
  backend: WebGPUBackend;
  attrs: NamedAttrMap;
}) => TensorInfo;

// On the function itself, not in a module variable: two copies of this library share one registry.
const replaced = Symbol.for("ncps-ts.webgpu-repair");

/** Replaces a kernel of tfjs, to which the new one has access. Calling it again has no effect. */
export function replaceKernel(kernelName: string, make: (stock: WebGPUKernel) => WebGPUKernel): void {
  const config = getKernel(kernelName, "webgpu");
  if (!config || replaced in config.kernelFunc) return;
  const kernel = Object.assign(make(config.kernelFunc as unknown as WebGPUKernel), { [replaced]: true });
  unregisterKernel(kernelName, "webgpu");
  registerKernel({ ...config, kernelFunc: kernel as unknown as KernelConfig["kernelFunc"] });
}
