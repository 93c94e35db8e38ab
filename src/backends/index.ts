/** Choosing and preparing the tensor backend. */

export { registerComparisonGradients } from "./comparison-gradients.js";
export { type BackendChoice, type BackendName, type UseBackendOptions, useBackend } from "./use-backend.js";
export { installWasmRepairs, type WasmRepairOptions, wasmRepairNames } from "./wasm/install.js";
