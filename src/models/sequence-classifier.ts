/** What imitation needs of a network: a class for every step of a sequence. */

import type * as tf from "@tensorflow/tfjs-core";
import { optionNames } from "../core/check-options.js";
import type { ActorCriticOptions, ModelConfig } from "./actor-critic.js";

/** Options of {@link SequenceClassifier.apply}. */
export interface ClassifyOptions extends ActorCriticOptions {
  /** Whether batch normalisation uses (and follows) the statistics of this batch; default false. */
  training?: boolean;
}

/** The names of {@link ClassifyOptions}. */
export const classifyNames = optionNames<ClassifyOptions>({
  training: true,
  state: true,
  resets: true,
  mask: true,
});

/** Result of {@link SequenceClassifier.apply}; the caller owns the tensors. */
export interface Classification {
  /** `[batch, time, numActions]`. */
  logits: tf.Tensor3D;
  /** `[batch, stateSize]` state after the last step; missing for feed-forward networks. */
  state?: tf.Tensor2D;
}

/** A network that gives logits of actions for every step of a batch of sequences. */
export interface SequenceClassifier {
  /** Shape of one observation. */
  readonly observationShape: readonly number[];
  /** Classes. */
  readonly numActions: number;
  /** Numbers in the recurrent state, 0 when there is none. */
  readonly stateSize: number;
  /**
   * All weights by their name in the model. Trainers change those whose `trainable` is true, and save all of them.
   */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** What the model learnt without gradients, e.g. statistics of batch normalisation. */
  readonly statistics: ReadonlyMap<string, tf.Variable>;
  /** Runs the network on `[batch, time, ...observationShape]`. Differentiable in all variables. */
  apply(observations: tf.Tensor, options?: ClassifyOptions): Classification;
  /**
   * Brings the weights back to where they may be; trainers call it after each step. Missing in models without such
   * bounds.
   */
  constrain?(): void;
  /** Description for checkpoints. */
  toJSON(): ModelConfig;
  /** Frees the weights. */
  dispose(): void;
}
