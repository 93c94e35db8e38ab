/** Loads the compiled recurrent kernels together with the general ones of `tfjs-training`, on the same memory. */

import {
  generalKernels,
  kernelsOn as generalKernelsOn,
  isRecording,
  joinKernels,
  type KernelExports,
  KernelModule,
  type WasmBackend,
} from "tfjs-training/wasm";
import { type KernelExports as RecurrentExports, relaxed, simd } from "./kernel-binaries.js";

/** General and recurrent kernels. */
export type RecurrentKernels = KernelExports & RecurrentExports;

const recurrent = new KernelModule<RecurrentExports>({ simd, relaxed });
const joined = new WeakMap<WasmBackend, RecurrentKernels>();

/** Loads all kernels on the memory of a backend; throws like `KernelModule.of`. */
export function kernelsOf(backend: WasmBackend): RecurrentKernels {
  if (isRecording()) return joinKernels(backend, generalKernels, recurrent);
  let kernels = joined.get(backend);
  if (!kernels) {
    kernels = joinKernels(backend, generalKernels, recurrent);
    joined.set(backend, kernels);
  }
  return kernels;
}

/** Loads all kernels on a separate memory; throws like `KernelModule.on`. */
export function kernelsOn(memory: WebAssembly.Memory): RecurrentKernels {
  return { ...generalKernelsOn(memory), ...recurrent.on(memory) };
}
