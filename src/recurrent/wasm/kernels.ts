/** The compiled recurrent kernels, beside the general ones of `tfjs-training` on the same memory. */

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

/** All kernels on the memory of a backend; throws as `KernelModule.of` does. */
export function kernelsOf(backend: WasmBackend): RecurrentKernels {
  if (isRecording()) return joinKernels(backend, generalKernels, recurrent);
  let kernels = joined.get(backend);
  if (!kernels) {
    kernels = joinKernels(backend, generalKernels, recurrent);
    joined.set(backend, kernels);
  }
  return kernels;
}

/** All kernels on a memory of its own; throws as `KernelModule.on` does. */
export function kernelsOn(memory: WebAssembly.Memory): RecurrentKernels {
  return { ...generalKernelsOn(memory), ...recurrent.on(memory) };
}
