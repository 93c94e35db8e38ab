/** The contract of optimisers. */

import type * as tf from "@tensorflow/tfjs-core";
import { optionNames } from "../core/check-options.js";
import type { Stateful } from "../core/state.js";

/** Tensors by a name that the caller chose, e.g. `"policy/dense/kernel"`. */
export type TensorsByName<T extends tf.Tensor> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

/** Options of {@link Optimizer.applyGradients}. */
export interface ApplyOptions {
  /** Learning rate of this step, at least 0; a tensor where it is an input of a compiled step. */
  learningRate: number | tf.Scalar;
  /**
   * Scales all gradients by `min(1, maxGradNorm / (norm + 1e-6))`, `norm` being the length of all of
   * them as one vector (as `torch.nn.utils.clip_grad_norm_` does). Default: no clipping.
   */
  maxGradNorm?: number;
  /**
   * Leaves weights and moments untouched when a gradient is NaN or infinite. Costs reading one number
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
  /** Length of all gradients as one vector, before clipping. The caller disposes of it (or calls within `tf.tidy`). */
  gradNorm: tf.Scalar;
  /** False when `skipNonFinite` left everything as it was. */
  applied: boolean;
}

/** A loss, and beside it whatever one wants to know about the same forward pass. */
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
  /** Learning rate of this step, at least 0; a tensor where it is an input of a compiled step. */
  learningRate: number | tf.Scalar;
  /** Largest global norm of the gradient, see `ApplyOptions.maxGradNorm`. Default: no clipping. */
  maxGradNorm?: number | null;
  /**
   * Leaves variables and moments untouched when a gradient is NaN or infinite. Default true, but false on
   * webgpu, which cannot be read in the middle of a step.
   */
  skipNonFinite?: boolean;
  /** Leaves variables and moments untouched when a metric is above a limit; `gradNorm` is 0 then. Default never. */
  stopWhen?: StopCondition;
  /** Called after the step, e.g. to put variables back into their bounds; default nothing. */
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

/** Metrics of a step: those of the loss function, and the global norm of the gradient before clipping. */
export type StepMetrics<Metrics extends LossAndMetrics> = Metrics & { gradNorm: tf.Scalar };

/**
 * Changes variables along their gradients. What it remembers of a variable (moments, step count) is kept
 * by the variable's name in the given map, not by its position: variables may come in any order, and the
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
   * Makes one step: assigns new values to the variables.
   *
   * @param gradients one for each variable, by the same names. `tf.variableGrads` leaves out variables
   *   that the loss does not depend on: give zeros for them, or leave the variable out as well
   * @throws InvalidArgumentError when a gradient is missing or belongs to no variable, or an option is wrong
   * @throws ShapeError when a gradient's shape is not that of its variable
   */
  applyGradients(
    gradients: TensorsByName<tf.Tensor>,
    variables: TensorsByName<tf.Variable>,
    options: ApplyOptions,
  ): ApplyResult;
  /**
   * Makes one whole gradient step: gradients of a loss, zeros for variables that it does not depend on,
   * clipping, a check that all is finite, the optimiser's change.
   *
   * @param lossFn gives the loss, a scalar, alone or as `loss` in a record with other tensors to know
   * @param variables by name; those that are not trainable are left as they are
   * @returns `loss`, `gradNorm` and the other tensors of the record; the caller owns them (see `readMetrics`)
   * @throws InvalidArgumentError when no variable is trainable or an option is wrong
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

/** The same tensors as a map. */
export function byName<T extends tf.Tensor>(tensors: TensorsByName<T>): ReadonlyMap<string, T> {
  return tensors instanceof Map ? tensors : new Map(Object.entries(tensors));
}
