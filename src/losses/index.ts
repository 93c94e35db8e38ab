/**
 * Losses, estimators and distributions.
 *
 * @module ncps-ts/losses
 */

export { actionDistribution } from "./action-distribution.js";
export { AdaptiveKLCoefficient, type AdaptiveKLOptions } from "./adaptive-kl.js";
export {
  Categorical,
  type CategoricalSample,
  type SampleCategoricalOptions,
  sampleCategorical,
} from "./categorical.js";
export type { ScalarLike } from "./clamp.js";
export {
  ClippedPPOLoss,
  type ClippedPPOLossInput,
  type ClippedPPOLossOptions,
  type ClippedPPOLossResult,
  type KLEstimator,
} from "./clipped-ppo-loss.js";
export {
  ClippedValueLoss,
  type ClippedValueLossInput,
  type ClippedValueLossOptions,
  type ValueClipKind,
} from "./clipped-value-loss.js";
export {
  DiagonalGaussian,
  type DiagonalGaussianSample,
  type SampleDiagonalGaussianOptions,
  sampleDiagonalGaussian,
} from "./diagonal-gaussian.js";
export type { ActionDistribution, ActionSample, Distribution, SampleActionsOptions } from "./distribution.js";
export { DQNLoss, type DQNLossInput, type DQNLossOptions, type DQNLossResult } from "./dqn-loss.js";
export { explainedVariance } from "./explained-variance.js";
export { GAE, type GAEInput, type GAEOptions, type GAEResult } from "./gae.js";
export { huber } from "./huber.js";
export { maskedMean } from "./masked-mean.js";
export {
  MultiCategorical,
  type MultiCategoricalSample,
  type SampleMultiCategoricalOptions,
  sampleMultiCategorical,
} from "./multi-categorical.js";
export { type StandardizeOptions, standardize } from "./standardize.js";
export { type TDTargetsInput, tdTargets } from "./td-targets.js";
