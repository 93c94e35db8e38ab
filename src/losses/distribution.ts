/** What PPO needs of a policy over one kind of action space. */

import type * as tf from "@tensorflow/tfjs-core";
import type { Random } from "../core/random.js";

/**
 * A batch of distributions on the tape. Every method returns a tensor that the caller owns and that is
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

/** Actions drawn for a batch of rows. */
export interface ActionSample {
  /** `[batch, actionSize]`, flat; float32 for continuous actions. */
  actions: Int32Array | Float32Array;
  /** `[batch]` their log-probabilities. */
  logProbs: Float32Array;
}

/** Options of {@link ActionDistribution.sample}. */
export interface SampleActionsOptions {
  /** Draws the actions; not needed when deterministic. */
  random?: Random;
  /** Takes the most probable action instead of drawing; default false. */
  deterministic?: boolean;
}

/**
 * The family of distributions over one action space: what a network's numbers mean, how to draw from
 * them, and how a drawn action is given to an environment.
 */
export interface ActionDistribution {
  /** Shape of one action on the tape: `[]` for `Discrete`, `[n]` for the others. */
  readonly actionShape: readonly number[];
  /** Numbers in one action. */
  readonly actionSize: number;
  /** Numbers that a network gives for one step: logits, or means followed by log standard deviations. */
  readonly parameterSize: number;
  /** Distributions for `[..., parameterSize]` numbers of a network. */
  of(parameters: tf.Tensor): Distribution;
  /**
   * Draws one action a row, on the CPU and with the seeded generator, so that a run can be repeated on
   * every backend.
   *
   * @param parameters flat `[batch, parameterSize]`
   */
  sample(parameters: ArrayLike<number>, options: SampleActionsOptions): ActionSample;
  /**
   * Actions as the environment takes them: continuous ones clipped to the bounds of the space, discrete ones
   * counted from its first value; float64 for a `Box` of float64, whose bounds float32 would round. What is learned from is the action before.
   */
  forEnv(actions: Int32Array | Float32Array): Int32Array | Float32Array | Float64Array;
  /** Mean standard deviation of the policy over flat `[batch, parameterSize]`; continuous actions only. */
  meanDeviation?(parameters: ArrayLike<number>): number;
}
