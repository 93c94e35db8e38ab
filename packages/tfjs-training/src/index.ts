/** Choosing and preparing the tensor backend. */

export type {
  AcceleratorChoice,
  AcceleratorOptions,
  BackendChoice,
  BackendName,
  RejectedBackend,
  UseBackendOptions,
} from "./backend/backend-choice.js";
export { useBackend } from "./backend/use-backend.js";
export { registerComparisonGradients } from "./gradients/comparisons.js";
export { registerMissingGradients } from "./gradients/index.js";
export {
  installWasmRepairs,
  removeWasmRepairs,
  type WasmRepairOptions,
  wasmRepairNames,
} from "./wasm/install.js";
export type { KernelOptions } from "./wasm/kernel-module.js";
