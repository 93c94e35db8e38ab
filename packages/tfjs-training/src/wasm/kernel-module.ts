/** Our compiled kernels, running on the memory of tfjs's wasm backend. */

import { type KernelExports, relaxed, simd } from "../../../../src/backends/wasm/kernel-binaries.js";
import { bytesFromBase64 } from "../../../../src/core/base64.js";
import { BackendError } from "../core/errors.js";
import { nodeBuiltin } from "../core/node-builtin.js";
import { computesProducts } from "./kernel-self-test.js";
import type { WasmBackend } from "./memory/heap.js";
import { guardAllocation } from "./memory/scratch.js";

/** Which build runs: relaxed SIMD has fused multiply-add and is a quarter faster. */
export type KernelBuild = "relaxed" | "simd";

/** How the kernels are compiled. They are compiled at their first use; later changes are for backends made later. */
export interface KernelOptions {
  /**
   * Fused multiply-add, by WebAssembly's relaxed SIMD, where the machine has it; default true. Its sums are
   * rounded less often, so they differ in the last digits from those of a machine without. In Node 20 (20.16
   * or later) it has to be switched on by a flag of V8 for the whole process, which is done here.
   */
  relaxedSimd?: boolean;
  /**
   * Lets V8 join neighbouring 128-bit operations to 256-bit ones by its experimental flag
   * `--experimental-wasm-revectorize`, for the whole process; default false. Node 24 or later on x64: products
   * are then up to 1.5 times as fast.
   */
  revectorize?: boolean;
}

let options: Required<KernelOptions> = { relaxedSimd: true, revectorize: false };
const modules = new Map<KernelBuild, WebAssembly.Module>();
const instances = new WeakMap<WasmBackend, KernelExports>();

/** Sets how kernels are compiled from here on; what is left out stays. */
export function setKernelOptions(changes: KernelOptions): void {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  options = { ...options, ...Object.fromEntries(given) };
}

/** How kernels are compiled from here on. */
export function kernelOptions(): Required<KernelOptions> {
  return { ...options };
}

/** The kernels of one backend, instantiated on first use. */
export function kernelsOf(backend: WasmBackend): KernelExports {
  let kernels = instances.get(backend);
  if (!kernels) {
    const { memory } = backend.wasm.asm;
    if (!memory) {
      throw new BackendError(
        'the training kernels run beside the single-threaded wasm backend: call useBackend, or tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false), before the backend starts',
      );
    }
    guardAllocation(backend);
    kernels = instantiate(kernelModule(kernelBuild()), memory);
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
 * The fastest build that this machine runs and that computes rightly.
 *
 * @throws BackendError when WebAssembly has no SIMD here
 */
export function kernelBuild(): KernelBuild {
  if (options.revectorize) switchOn("--experimental-wasm-revectorize");
  for (const build of ["relaxed", "simd"] as const) {
    if (build === "relaxed" && !(options.relaxedSimd && hasRelaxedSimd())) continue;
    if (build === "simd" && !WebAssembly.validate(bytesFromBase64(simd))) continue;
    const memory = new WebAssembly.Memory({ initial: 1 });
    if (computesProducts(instantiate(kernelModule(build), memory), memory)) return build;
  }
  throw new BackendError(
    "the training kernels need WebAssembly SIMD: Node 16.4, Chrome 91, Firefox 89, Safari 16.4 or later",
  );
}

function hasRelaxedSimd(): boolean {
  const known = () => WebAssembly.validate(bytesFromBase64(relaxed));
  if (!known()) switchOn("--experimental-wasm-relaxed-simd");
  return known();
}

// Flags of V8 count for what is compiled after them. Other engines and older versions of Node have no such way.
function switchOn(flag: string): void {
  nodeBuiltin("node:v8")?.setFlagsFromString(flag);
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
}

function kernelModule(build: KernelBuild): WebAssembly.Module {
  let module = modules.get(build);
  if (!module) {
    module = new WebAssembly.Module(bytesFromBase64({ relaxed, simd }[build]));
    modules.set(build, module);
  }
  return module;
}
