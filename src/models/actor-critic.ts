/** The interface of networks with a policy and a value. */

import type * as tf from "@tensorflow/tfjs-core";
import { optionNames } from "../core/check-options.js";

/** Options of {@link ActorCritic.apply}. */
export interface ActorCriticOptions {
  /** `[batch, stateSize]` state before the first step; zeros when missing. Feed-forward networks ignore it. */
  state?: tf.Tensor2D;
  /** `[batch, time]`, 1 where the state is reset before the step. */
  resets?: tf.Tensor2D;
  /** `[batch, time]`, 0 at padded steps, which carry the state and get no gradient. */
  mask?: tf.Tensor2D;
}

/** The names of {@link ActorCriticOptions}. */
export const actorCriticNames = optionNames<ActorCriticOptions>({
  state: true,
  resets: true,
  mask: true,
});

/** Result of {@link ActorCritic.apply}; the caller owns the tensors. */
export interface ActorCriticOutput {
  /**
   * `[batch, time, distributionSize]`: logits of discrete choices, or means followed by log standard
   * deviations of continuous actions.
   */
  distribution: tf.Tensor3D;
  /** `[batch, time]` state values. */
  values: tf.Tensor2D;
  /** `[batch, stateSize]` state after the last step; missing for feed-forward networks. */
  state?: tf.Tensor2D;
}

/** Plain description of a model, sufficient to rebuild it (without its weights). */
export interface ModelConfig {
  /** Name of the class, e.g. `"CfCActorCritic"`. */
  className: string;
  /** Options of the constructor. */
  config: Record<string, unknown>;
}

/**
 * A network that outputs a distribution over actions and a state value for every step of a batch of
 * sequences. Feed-forward networks have an empty state.
 */
export interface ActorCritic {
  /** Shape of one observation. */
  readonly observationShape: readonly number[];
  /** Number of parameters of the distribution: the number of actions, or twice that of continuous ones. */
  readonly distributionSize: number;
  /** Size of the recurrent state, 0 for feed-forward networks. */
  readonly stateSize: number;
  /**
   * All weights by their name in the model. Trainers update those whose `trainable` is true, and save all of them.
   */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Runs the network on `[batch, time, ...observationShape]`. Differentiable in all variables. */
  apply(observations: tf.Tensor, options?: ActorCriticOptions): ActorCriticOutput;
  /**
   * Projects the weights back into their bounds; trainers call it after each step. Missing in models without
   * constraints.
   */
  constrain?(): void;
  /** Description for checkpoints. */
  toJSON(): ModelConfig;
  /** Frees the weights. */
  dispose(): void;
}
