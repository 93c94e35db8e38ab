/** Our compiled kernels, running on the memory of tfjs's wasm backend. */

import { BackendError } from "../../core/errors.js";
import type { WasmBackend } from "./heap.js";
import { type KernelExports, relaxed, simd } from "./kernel-binaries.js";

/** Which build runs: relaxed SIMD has fused multiply-add and is a quarter faster. */
export type KernelBuild = "relaxed" | "simd";

const modules = new Map<KernelBuild, WebAssembly.Module>();
const instances = new WeakMap<WasmBackend, KernelExports>();

/** The kernels of one backend, instantiated on first use. */
export function kernelsOf(backend: WasmBackend): KernelExports {
  let kernels = instances.get(backend);
  if (!kernels) {
    const { memory } = backend.wasm.asm;
    const module = kernelModule(kernelBuild());
    kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
    instances.set(backend, kernels);
  }
  return kernels;
}

/** The kernels on a memory apart from all backends. Throws as {@link kernelBuild} does. */
export function kernelsOn(memory: WebAssembly.Memory): KernelExports {
  const module = kernelModule(kernelBuild());
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}

/**
 * The fastest build that this machine runs.
 *
 * @throws BackendError when WebAssembly has no SIMD here
 */
export function kernelBuild(): KernelBuild {
  if (WebAssembly.validate(bytesOf(relaxed))) return "relaxed";
  if (WebAssembly.validate(bytesOf(simd))) return "simd";
  throw new BackendError(
    "the training kernels need WebAssembly SIMD: Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later",
  );
}

function kernelModule(build: KernelBuild): WebAssembly.Module {
  let module = modules.get(build);
  if (!module) {
    module = new WebAssembly.Module(bytesOf({ relaxed, simd }[build]));
    modules.set(build, module);
  }
  return module;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
