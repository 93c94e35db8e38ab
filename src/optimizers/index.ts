/**
 * Optimizers: gradients in, new weights out. They come from the package tfjs-training.
 *
 * @module ncps-ts/optimizers
 */

export {
  Adam,
  type AdamOptions,
  AdamW,
  type ApplyOptions,
  type ApplyResult,
  type ClipByGlobalNormOptions,
  type ClipByGlobalNormResult,
  clipByGlobalNorm,
  computeGradients,
  type LossAndMetrics,
  type MetricValues,
  type MinimizeOptions,
  type Optimizer,
  RMSProp,
  type RMSPropOptions,
  readMetrics,
  SGD,
  type SGDOptions,
  type StepMetrics,
  type TensorsByName,
} from "tfjs-training";
