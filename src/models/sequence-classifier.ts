/** The interface of classifiers for behaviour cloning: one class for every step of a sequence. */

import type * as tf from "@tensorflow/tfjs-core";
import { optionNames } from "../core/check-options.js";
import type { ActorCriticOptions, ModelConfig } from "./actor-critic.js";

/** Options of {@link SequenceClassifier.apply}. */
export interface ClassifyOptions extends ActorCriticOptions {
  /** Whether batch normalisation uses (and updates its statistics from) this batch; default false. */
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
  /** `[batch, time, numActions]` logits. */
  logits: tf.Tensor3D;
  /** `[batch, stateSize]` state after the last step; missing for feed-forward networks. */
  state?: tf.Tensor2D;
}

/** A network that outputs logits of actions for every step of a batch of sequences. */
export interface SequenceClassifier {
  /** Shape of one observation. */
  readonly observationShape: readonly number[];
  /** Number of classes. */
  readonly numActions: number;
  /** Size of the recurrent state, 0 for feed-forward networks. */
  readonly stateSize: number;
  /**
   * All weights by their name in the model. Trainers update those whose `trainable` is true, and save all of them.
   */
  readonly variables: ReadonlyMap<string, tf.Variable>;
  /** Variables that are learned without gradients, e.g. statistics of batch normalisation. */
  readonly statistics: ReadonlyMap<string, tf.Variable>;
  /** Runs the network on `[batch, time, ...observationShape]`. Differentiable in all variables. */
  apply(observations: tf.Tensor, options?: ClassifyOptions): Classification;
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
