/** Options and results of choosing a backend. */

import type { AcceleratorExtension } from "../accelerator/accelerator-extension.js";
import { optionNames } from "../core/check-options.js";
import type { KernelOptions } from "../wasm/kernel-module.js";
import type { WasmRepair } from "../wasm/repair.js";
import type { GpuDevice } from "../webgpu/gpu.js";

/** Backends by tfjs's names; `"tensorflow"` is `@tensorflow/tfjs-node` and `tfjs-node-gpu`. */
export type BackendName = "wasm" | "cpu" | "tensorflow" | "webgpu";

/** A backend that `useBackend("auto")` would have preferred. */
export interface RejectedBackend {
  /** Name of the backend. */
  name: BackendName;
  /** Why it was not chosen, and how to make it available. */
  reason: string;
}

/** The choice of `useBackend`. */
export interface BackendChoice {
  /** The active backend. */
  name: BackendName;
  /** Why it was chosen, in one sentence. */
  reason: string;
  /** Device that it uses, e.g. `"WebAssembly with SIMD"` or the name of the GPU. */
  device: string;
  /** Backends tried before this one, best first; empty if one was requested by name. */
  rejected: RejectedBackend[];
  /** The library that computes the matrix products of the wasm backend, if the platform may have one. */
  accelerator?: AcceleratorChoice;
  /** Summary in one line, to print or log. */
  report: string;
}

/** Options of `useBackend`. */
export interface UseBackendOptions extends KernelOptions {
  /**
   * Location of tfjs's `tfjs-backend-wasm-simd.wasm`: the URL of its folder, ending in `/`, or
   * `{ "tfjs-backend-wasm-simd.wasm": address }`. Default: this package's own copy, which needs no file.
   */
  wasmPaths?: string | Record<string, string>;
  /**
   * Whether a native library may compute the matrix products of the wasm backend, default true: `onnxruntime-node`
   * in Node, if it is installed and `ncps-ts/node` is imported. Pass an object for its options.
   */
  accelerator?: boolean | AcceleratorOptions;
  /** Kernels of other packages, default none. */
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

/** Kernels that another package adds to the backends. */
export interface BackendExtension {
  /** Kernels of the wasm backend, made by `defineRepair`. */
  wasm?: readonly WasmRepair[];
  /** Registers kernels of the webgpu backend on its device. */
  webgpu?(device: GpuDevice): void;
  /** Engines for the accelerator's runtime other than matrix products; requested if there is an accelerator. */
  accelerator?(): Promise<AcceleratorExtension>;
}

/** Options of the native library of the wasm backend. */
export interface AcceleratorOptions {
  /**
   * Number of threads per product, default 1: the same results from run to run, and no contention
   * with environments and other trainers.
   */
  threads?: number;
  /** Engines for its runtime other than matrix products, default none. */
  extensions?: readonly AcceleratorExtension[];
}

/** The names of {@link AcceleratorOptions}. */
export const acceleratorNames = optionNames<AcceleratorOptions>({
  threads: true,
  extensions: true,
});

/** The native library that computes the matrix products of the wasm backend. */
export interface AcceleratorChoice {
  /** Name: `"onnxruntime-node"`, or `"none"` if the compiled kernels compute all products. */
  name: "onnxruntime-node" | "none";
  /** Version of the package, if one was found. */
  version?: string;
  /** Reason, in one line. */
  reason: string;
}

/** A backend that was started and tested. */
export interface StartedBackend {
  /** Device that it uses; see {@link BackendChoice.device}. */
  device: string;
  /** Why `"auto"` chooses it. */
  reason: string;
  /** Its accelerator; see {@link BackendChoice.accelerator}. */
  accelerator?: AcceleratorChoice;
}
