/** What choosing a backend is told and tells. */

import type { AcceleratorExtension } from "../accelerator/accelerator-extension.js";
import { optionNames } from "../core/check-options.js";
import type { KernelOptions } from "../wasm/kernel-module.js";
import type { WasmRepair } from "../wasm/repair.js";
import type { GpuDevice } from "../webgpu/gpu.js";

/** Backends by tfjs's names; `"tensorflow"` is `@tensorflow/tfjs-node` and `tfjs-node-gpu`. */
export type BackendName = "wasm" | "cpu" | "tensorflow" | "webgpu";

/** A backend that `useBackend("auto")` would have preferred. */
export interface RejectedBackend {
  /** Its name. */
  name: BackendName;
  /** Why it was not taken, and what to do to get it. */
  reason: string;
}

/** What `useBackend` chose. */
export interface BackendChoice {
  /** The backend that is active now. */
  name: BackendName;
  /** Why this one, in one sentence. */
  reason: string;
  /** What it computes on, e.g. `"WebAssembly with SIMD"` or the name of the GPU. */
  device: string;
  /** Backends tried before this one, best first; empty where one was asked for by name. */
  rejected: RejectedBackend[];
  /** What computes the matrix products of the wasm backend, where a platform could bring something. */
  accelerator?: AcceleratorChoice;
  /** All of it in one line, to print or log. */
  report: string;
}

/** Options of `useBackend`. */
export interface UseBackendOptions extends KernelOptions {
  /**
   * Where tfjs's `tfjs-backend-wasm-simd.wasm` lies: the address of its folder, ending in `/`, or
   * `{ "tfjs-backend-wasm-simd.wasm": address }`. Default: this package's own copy, which needs no file.
   */
  wasmPaths?: string | Record<string, string>;
  /**
   * Whether a native library may compute the matrix products of the wasm backend, default true: `onnxruntime-node`
   * in Node, where it is installed and `ncps-ts/node` is imported. An object says how.
   */
  accelerator?: boolean | AcceleratorOptions;
  /** Kernels that other packages bring, default none. */
  extensions?: readonly BackendExtension[];
}

/** The names of {@link UseBackendOptions}. */
export const useBackendNames = optionNames<UseBackendOptions>({
  wasmPaths: true,
  accelerator: true,
  extensions: true,
  relaxedSimd: true,
  revectorize: true,
});

/** Kernels that another package puts into the backends. */
export interface BackendExtension {
  /** Kernels of the wasm backend, made by `defineRepair`. */
  wasm?: readonly WasmRepair[];
  /** Registers kernels of the webgpu backend on its device. */
  webgpu?(device: GpuDevice): void;
  /** Work for the accelerator's runtime beside matrix products; asked for where there is an accelerator. */
  accelerator?(): Promise<AcceleratorExtension>;
}

/** How the native library of the wasm backend computes. */
export interface AcceleratorOptions {
  /**
   * Threads that compute a product, default 1: the same results from run to run, and no contention
   * with environments and other trainers.
   */
  threads?: number;
  /** Work for its runtime beside matrix products, default none. */
  extensions?: readonly AcceleratorExtension[];
}

/** The names of {@link AcceleratorOptions}. */
export const acceleratorNames = optionNames<AcceleratorOptions>({
  threads: true,
  extensions: true,
});

/** Which native library computes the matrix products of the wasm backend. */
export interface AcceleratorChoice {
  /** `"onnxruntime-node"`, or `"none"`: the compiled kernels compute all products. */
  name: "onnxruntime-node" | "none";
  /** Version of the package, if one was found. */
  version?: string;
  /** Why, in one line. */
  reason: string;
}

/** A backend that was started and tested. */
export interface StartedBackend {
  /** See {@link BackendChoice.device}. */
  device: string;
  /** Why `"auto"` takes it when it comes to it. */
  reason: string;
  /** See {@link BackendChoice.accelerator}. */
  accelerator?: AcceleratorChoice;
}
