/**
 * Optimizers: gradients in, new weights out; and compiled steps. They come from the package tfjs-training.
 *
 * @module ncps-ts/optimizers
 */

export {
  Adam,
  type AdamOptions,
  AdamW,
  type ApplyOptions,
  type ApplyResult,
  type ArrayInput,
  type ClipByGlobalNormOptions,
  type ClipByGlobalNormResult,
  type CompiledStep,
  type CompileOptions,
  type CompileReport,
  clipByGlobalNorm,
  compile,
  computeGradients,
  type LossAndMetrics,
  type MetricValues,
  type MinimizeOptions,
  type Optimizer,
  type PlanReport,
  type PlanSummary,
  RMSProp,
  type RMSPropOptions,
  readMetrics,
  SGD,
  type SGDOptions,
  type StepInput,
  type StepMetrics,
  type StepValues,
  type TensorsByName,
  type TracedInputs,
} from "tfjs-training";
