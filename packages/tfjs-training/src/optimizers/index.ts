/**
 * Optimizers: compute new weights from gradients, with moments kept by the variables' names.
 *
 * @module
 */

export { Adam, type AdamOptions, AdamW } from "./adam.js";
export {
  type ClipByGlobalNormOptions,
  type ClipByGlobalNormResult,
  clipByGlobalNorm,
} from "./clip-by-global-norm.js";
export { FlatOptimizer, type FlatStep, type FlatUpdate } from "./flat-optimizer.js";
export type { FusedRule } from "./fused-step.js";
export {
  applyComputed,
  computeGradients,
  type MetricValues,
  type ReadMetricsOptions,
  readMetrics,
} from "./minimize.js";
export type {
  ApplyOptions,
  ApplyResult,
  LossAndMetrics,
  MinimizeOptions,
  Optimizer,
  StepMetrics,
  StopCondition,
  TensorsByName,
} from "./optimizer.js";
export { RMSProp, type RMSPropOptions } from "./rmsprop.js";
export { SGD, type SGDOptions } from "./sgd.js";
