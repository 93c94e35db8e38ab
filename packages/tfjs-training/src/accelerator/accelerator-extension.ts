/** What another package lets the accelerator's runtime compute beside matrix products. */

import type { WasmBackend } from "../wasm/memory/heap.js";
import type { ProductRuntime } from "./product-runtime.js";

/** Options of an engine that runs models on the accelerator's runtime. */
export interface ExtensionOptions {
  /** Threads of the runtime. */
  threads: number;
  /** Below this many multiplications work stays on the compiled kernels; undefined: the engine decides. */
  minWork?: number;
}

/**
 * An engine beside the matrix products, e.g. for loops over time. Kernels find it by its name in
 * `productEngine()?.extensions`.
 */
export interface AcceleratorExtension<Engine = unknown> {
  /** Name of the engine. */
  name: string;
  /** Makes the engine. */
  create(runtime: ProductRuntime, options: ExtensionOptions): Engine;
  /** Compares the engine with the compiled kernels; returns what is wrong, or undefined. */
  check(backend: WasmBackend, engine: Engine): string | undefined;
}
