/** Choosing and preparing the tensor backend. */

export type {
  BackendChoice,
  BackendName,
  RejectedBackend,
  UseBackendOptions,
} from "./backend-choice.js";
export { registerComparisonGradients } from "./comparison-gradients.js";
export { registerMissingGradients } from "./gradients/index.js";
export { useBackend } from "./use-backend.js";
export { installWasmRepairs, type WasmRepairOptions, wasmRepairNames } from "./wasm/install.js";
