/**
 * TensorFlow.js made trainable and fast: missing gradients, training kernels for WebAssembly, repairs, fused
 * optimizers.
 *
 * @module tfjs-training
 */

export type {
  AcceleratorChoice,
  AcceleratorOptions,
  BackendChoice,
  BackendExtension,
  BackendName,
  RejectedBackend,
  UseBackendOptions,
} from "./backend/backend-choice.js";
export { requireBackend } from "./backend/require-backend.js";
export { useBackend } from "./backend/use-backend.js";
export {
  type ArrayInput,
  type CompiledStep,
  type CompileOptions,
  type CompileReport,
  compile,
  inputTensors,
  type PlanReport,
  type StepInput,
  type StepValues,
  type TracedInputs,
} from "./compiled/compile.js";
export type { PlanSummary } from "./compiled/plan.js";
export {
  BackendError,
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  ShapeError,
  TrainingError,
  type TrainingErrorOptions,
} from "./core/errors.js";
export type { Stateful, StateRecord, StateTree, TypedArray } from "./core/state.js";
export { registerComparisonGradients } from "./gradients/comparisons.js";
export { registerMissingGradients } from "./gradients/index.js";
export { FlatLayout } from "./optimizers/flat-layout.js";
export {
  Adam,
  type AdamOptions,
  AdamW,
  type ApplyOptions,
  type ApplyResult,
  applyComputed,
  type ClipByGlobalNormOptions,
  type ClipByGlobalNormResult,
  clipByGlobalNorm,
  computeGradients,
  FlatOptimizer,
  type FlatStep,
  type FlatUpdate,
  type FusedRule,
  type LossAndMetrics,
  type MetricValues,
  type MinimizeOptions,
  type Optimizer,
  type ReadMetricsOptions,
  RMSProp,
  type RMSPropOptions,
  readMetrics,
  SGD,
  type SGDOptions,
  type StepMetrics,
  type StopCondition,
  type TensorsByName,
} from "./optimizers/index.js";
export {
  installWasmRepairs,
  removeWasmRepairs,
  type WasmRepairOptions,
  wasmRepairNames,
} from "./wasm/install.js";
export type { KernelOptions } from "./wasm/kernel-module.js";
