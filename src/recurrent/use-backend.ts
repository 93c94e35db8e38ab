/** Choosing and preparing the tensor backend, with the recurrent kernels. */

import {
  type BackendChoice,
  type BackendName,
  type UseBackendOptions,
  useBackend as useTrainingBackend,
} from "tfjs-training";
import { recurrentKernels } from "./extension.js";

/**
 * Makes a backend the active one and ready to train: all gradients registered, missing, wrong and slow
 * kernels replaced, the fused recurrent kernels registered, and a small computation checked against known
 * numbers. Call it once before tensors are made.
 *
 * - `"auto"`: the first that is there and passes its check out of `"tensorflow"` (`tfjs-node-gpu`, then
 *   `tfjs-node`), `"webgpu"` on a real GPU (software adapters are slower than wasm), `"wasm"`, `"cpu"`.
 *   In Node, optional packages are looked for once `ncps-ts/node` is imported.
 * - A name: that one or an error. `"webgpu"` then takes software adapters too.
 *
 * @throws BackendError when the backend is unknown, not installed, cannot start or computes wrong numbers
 *
 * @example
 * ```ts
 * const { report } = await useBackend();
 * console.log(report); // wasm on WebAssembly with SIMD: ...
 * ```
 */
export function useBackend(
  name: "auto" | BackendName = "auto",
  options: UseBackendOptions = {},
): Promise<BackendChoice> {
  const { extensions = [], ...rest } = options;
  return useTrainingBackend(name, { ...rest, extensions: [recurrentKernels, ...extensions] });
}
