/** Chooses and prepares the tensor backend, including the recurrent kernels. */

import {
  type BackendChoice,
  type BackendName,
  type UseBackendOptions,
  useBackend as useTrainingBackend,
} from "tfjs-training";
import { recurrentKernels } from "./extension.js";

/**
 * Activates a backend and prepares it for training: registers all gradients, replaces missing, incorrect and slow
 * kernels, registers the fused recurrent kernels, and checks a small computation against known
 * values. Call it once before creating tensors.
 *
 * - `"auto"`: the first of these that is available and passes its check: `"tensorflow"` (`tfjs-node-gpu`, then
 *   `tfjs-node`), `"webgpu"` on a real GPU (software adapters are slower than wasm), `"wasm"`, `"cpu"`.
 *   In Node, optional packages are looked for once `ncps-ts/node` is imported.
 * - A name: that backend or an error. `"webgpu"` then accepts software adapters too.
 *
 * @throws BackendError when the backend is unknown, not installed, cannot start or computes incorrect results
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
