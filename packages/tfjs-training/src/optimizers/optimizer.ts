/** Interface of optimizers. */

import type * as tf from "@tensorflow/tfjs-core";
import { optionNames } from "../core/check-options.js";
import type { Stateful } from "../core/state.js";

/** Tensors by a name chosen by the caller, e.g. `"policy/dense/kernel"`. */
export type TensorsByName<T extends tf.Tensor> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

/** Options of {@link Optimizer.applyGradients}. */
export interface ApplyOptions {
  /** Learning rate of this step, at least 0; a tensor where it is an input of a compiled step. */
  learningRate: number | tf.Scalar;
  /**
   * Scales all gradients by `min(1, maxGradNorm / (norm + 1e-6))`, where `norm` is the global norm, that of all
   * gradients as one vector (like `torch.nn.utils.clip_grad_norm_`). Default: no clipping.
   */
  maxGradNorm?: number;
  /**
   * Skips the step, keeping weights and moments, when a gradient is NaN or infinite. Requires reading one number
   * before the update: microseconds on wasm and cpu; on a GPU it waits for the backward pass, and on
   * webgpu in Node it is impossible. Default false: such gradients are applied.
   */
  skipNonFinite?: boolean;
  /** Leaves weights and moments untouched when this number is above a limit; `gradNorm` is 0 then. Default never. */
  unless?: { value: tf.Scalar; above: number };
}

/** The names of {@link ApplyOptions}. */
export const applyNames = optionNames<ApplyOptions>({
  unless: true,
  learningRate: true,
  maxGradNorm: true,
  skipNonFinite: true,
});

/** Result of {@link Optimizer.applyGradients}. */
export interface ApplyResult {
  /** Global gradient norm before clipping. The caller disposes of it (or calls within `tf.tidy`). */
  gradNorm: tf.Scalar;
  /** Whether the step was applied; false when `skipNonFinite` skipped it. */
  applied: boolean;
}

/** A loss, and other metrics of the same forward pass. */
export type LossAndMetrics = { loss: tf.Scalar } & Record<string, tf.Tensor>;

/** When a step is left out: a metric of the loss function, a scalar, is above a limit. */
export interface StopCondition<Metric extends string = string> {
  /** Name of the metric. */
  metric: Metric;
  /** The limit. */
  above: number;
}

/** Options of {@link Optimizer.minimize}. */
export interface MinimizeOptions {
  /** Learning rate of this step, at least 0; a tensor if it is an input of a compiled step. */
  learningRate: number | tf.Scalar;
  /** Maximum global gradient norm, see `ApplyOptions.maxGradNorm`. Default: no clipping. */
  maxGradNorm?: number | null;
  /**
   * Skips the step, keeping variables and moments, when a gradient is NaN or infinite. Default true, but false on
   * webgpu, which cannot be read in the middle of a step.
   */
  skipNonFinite?: boolean;
  /** Skips the step, leaving variables and moments unchanged, if a metric exceeds a limit; `gradNorm` is 0 then. Default never. */
  stopWhen?: StopCondition;
  /** Called after the step, e.g. to project variables back into their bounds; default nothing. */
  constrain?: () => void;
}

/** The names of {@link MinimizeOptions}. */
export const minimizeNames = optionNames<MinimizeOptions>({
  stopWhen: true,
  learningRate: true,
  maxGradNorm: true,
  skipNonFinite: true,
  constrain: true,
});

/** Metrics of a step: those of the loss function, and the global gradient norm before clipping. */
export type StepMetrics<Metrics extends LossAndMetrics> = Metrics & { gradNorm: tf.Scalar };

/**
 * Updates variables by their gradients. The state of a variable (moments, step count) is kept
 * under the variable's name in the given map, not by its position: variables may come in any order, and the
 * set of variables may change between calls.
 *
 * @example
 * ```ts
 * const optimizer = new Adam({ epsilon: 1e-5 });
 * const variables = new Map([["w", tf.variable(tf.zeros([3, 2]))]]);
 * const { gradNorm } = optimizer.applyGradients(gradients, variables, { learningRate: 3e-4, maxGradNorm: 0.5 });
 * ```
 */
export interface Optimizer extends Stateful {
  /**
   * Applies one step: assigns new values to the variables.
   *
   * @param gradients one for each variable, by the same names. `tf.variableGrads` omits variables
   *   that the loss does not depend on: pass zeros for them, or omit the variable as well
   * @throws InvalidArgumentError when a gradient is missing or belongs to no variable, or an option is invalid
   * @throws ShapeError when a gradient's shape is not that of its variable
   */
  applyGradients(
    gradients: TensorsByName<tf.Tensor>,
    variables: TensorsByName<tf.Variable>,
    options: ApplyOptions,
  ): ApplyResult;
  /**
   * Runs one complete gradient step: gradients of a loss, zeros for variables that it does not depend on,
   * clipping, a check for non-finite values, the optimizer's update.
   *
   * @param lossFn returns the loss, a scalar, alone or as `loss` in a record with other metrics
   * @param variables variables by name; non-trainable ones are not changed
   * @returns `loss`, `gradNorm` and the other tensors of the record; the caller owns them (see `readMetrics`)
   * @throws InvalidArgumentError when no variable is trainable or an option is invalid
   *
   * @example
   * ```ts
   * const optimizer = new Adam();
   * const variables = { w: tf.variable(tf.zeros([3, 1])) };
   * const metrics = optimizer.minimize(
   *   () => tf.losses.meanSquaredError(targets, tf.matMul(inputs, variables.w)),
   *   variables,
   *   { learningRate: 1e-3, maxGradNorm: 0.5 },
   * );
   * console.log(await readMetrics(metrics)); // { loss, gradNorm }
   * ```
   */
  minimize<Metrics extends LossAndMetrics = { loss: tf.Scalar }>(
    lossFn: () => tf.Scalar | Metrics,
    variables: TensorsByName<tf.Variable>,
    options: MinimizeOptions,
  ): StepMetrics<Metrics>;
  /** Frees the moments. Calling it twice is allowed. */
  dispose(): void;
}

/** Converts named tensors to a map. */
export function byName<T extends tf.Tensor>(tensors: TensorsByName<T>): ReadonlyMap<string, T> {
  return tensors instanceof Map ? tensors : new Map(Object.entries(tensors));
}
