/** Interfaces of policies over one kind of action space. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../core/random.js";

/**
 * A batch of distributions over tensors. Every method returns a tensor that the caller owns and that is
 * differentiable in the parameters.
 */
export interface Distribution {
  /** Log-probabilities (densities for continuous actions) of `actions`, without the actions' last axis. */
  logProb(actions: tf.Tensor): tf.Tensor;
  /** Entropies in nats. */
  entropy(): tf.Tensor;
  /** Divergences `KL(this ‖ other)` in nats; `other` must be of the same kind. */
  kl(other: Distribution): tf.Tensor;
  /** Most probable actions. */
  mode(): tf.Tensor;
}

/** Actions sampled for a batch of rows. */
export interface ActionSample {
  /** `[batch, actionSize]`, flat; float32 for continuous actions. */
  actions: Int32Array | Float32Array;
  /** `[batch]` log-probabilities of the actions. */
  logProbs: Float32Array;
}

/** Options of {@link ActionDistribution.sample}. */
export interface SampleActionsOptions {
  /** Generator that samples the actions; not needed when deterministic. */
  random?: Random;
  /** Takes the most probable action instead of sampling; default false. */
  deterministic?: boolean;
}

/**
 * The family of distributions over one action space: the meaning of a network's outputs, how to sample from
 * them, and how to pass a sampled action to an environment.
 */
export interface ActionDistribution {
  /** Shape of one action in tensors: `[]` for `Discrete`, `[n]` for the others. */
  readonly actionShape: readonly number[];
  /** Number of components of one action. */
  readonly actionSize: number;
  /** Number of outputs of a network for one step: logits, or means followed by log standard deviations. */
  readonly parameterSize: number;
  /** Distributions for `[..., parameterSize]` outputs of a network. */
  of(parameters: tf.Tensor): Distribution;
  /**
   * Samples one action per row, on the CPU and with the seeded generator, so that a run can be reproduced on
   * every backend.
   *
   * @param parameters flat `[batch, parameterSize]`
   */
  sample(parameters: ArrayLike<number>, options: SampleActionsOptions): ActionSample;
  /**
   * Converts actions to what the environment expects: continuous ones are clipped to the bounds of the space, discrete
   * ones start at its first value; float64 for a `Box` of float64, whose bounds float32 would round. Training uses the
   * unconverted action.
   */
  forEnv(actions: Int32Array | Float32Array): Int32Array | Float32Array | Float64Array;
  /** Mean standard deviation of the policy over flat `[batch, parameterSize]`; continuous actions only. */
  meanDeviation?(parameters: ArrayLike<number>): number;
}
