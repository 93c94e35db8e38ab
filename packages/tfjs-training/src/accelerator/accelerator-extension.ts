/** Extension point for work on the accelerator's runtime other than matrix products. */

import type { WasmBackend } from "../wasm/memory/heap.js";
import type { ProductRuntime } from "./product-runtime.js";

/** Options of an engine that runs models on the accelerator's runtime. */
export interface ExtensionOptions {
  /** Number of threads of the runtime. */
  threads: number;
  /** Work with fewer multiplications stays on the compiled kernels; undefined: the engine decides. */
  minWork?: number;
}

/**
 * An additional engine on the accelerator, e.g. for loops over time. Kernels find it by its name in
 * `productEngine()?.extensions`.
 */
export interface AcceleratorExtension<Engine = unknown> {
  /** Name of the engine. */
  name: string;
  /** Creates the engine. */
  create(runtime: ProductRuntime, options: ExtensionOptions): Engine;
  /** Compares the engine with the compiled kernels; returns a description of the error, or undefined. */
  check(backend: WasmBackend, engine: Engine): string | undefined;
}
