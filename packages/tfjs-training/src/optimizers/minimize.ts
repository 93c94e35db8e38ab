/** The gradient step: gradients of a loss, and the optimizer's update. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import {
  byName,
  type LossAndMetrics,
  type MinimizeOptions,
  minimizeNames,
  type Optimizer,
  type StepMetrics,
  type TensorsByName,
} from "./optimizer.js";

/**
 * Gradients of a loss with respect to named variables. Non-trainable variables are omitted; those
 * that the loss does not depend on have gradients of zeros.
 *
 * @returns gradients by the variables' names, and the result of the loss function; the caller owns all of it
 * @throws InvalidArgumentError when no variable is trainable
 */
export function computeGradients<Metrics extends LossAndMetrics>(
  lossFn: () => Metrics,
  variables: TensorsByName<tf.Variable>,
): { gradients: Map<string, tf.Tensor>; metrics: Metrics } {
  const trained = trainable(variables);
  const kept: Record<string, tf.Tensor> = {};
  const record = () => {
    const { loss, ...others } = lossFn();
    for (const [name, tensor] of Object.entries(others)) kept[name] = tf.keep(tf.clone(tensor));
    return loss;
  };
  try {
    // Within a scope, so that the loss is freed if there is no gradient.
    const { value, grads } = tf.tidy(() => tf.variableGrads(record, [...trained.values()]));
    const gradients = new Map<string, tf.Tensor>();
    for (const [name, variable] of trained) {
      gradients.set(name, grads[variable.name] ?? tf.zerosLike(variable));
    }
    return { gradients, metrics: { loss: value, ...kept } as unknown as Metrics };
  } catch (error) {
    tf.dispose(kept);
    throw error;
  }
}

/** Runs one gradient step with any optimizer; see {@link Optimizer.minimize}. */
export function minimizeWith<Metrics extends LossAndMetrics>(
  optimizer: Pick<Optimizer, "applyGradients">,
  lossFn: () => tf.Scalar | Metrics,
  variables: TensorsByName<tf.Variable>,
  options: MinimizeOptions,
): StepMetrics<Metrics> {
  checkOptions("minimize", options, minimizeNames);
  const record = () => {
    const result = lossFn();
    return (result instanceof tf.Tensor ? { loss: result } : result) as Metrics;
  };
  return applyComputed(optimizer, computeGradients(record, variables), variables, options);
}

/**
 * Runs the second half of {@link Optimizer.minimize}: the update with gradients from
 * {@link computeGradients}, for callers that decide in between whether to apply it. Disposes of the gradients.
 *
 * @returns the metrics and `gradNorm`; the caller owns them
 */
export function applyComputed<Metrics extends LossAndMetrics>(
  optimizer: Pick<Optimizer, "applyGradients">,
  { gradients, metrics }: { gradients: Map<string, tf.Tensor>; metrics: Metrics },
  variables: TensorsByName<tf.Variable>,
  options: MinimizeOptions,
): StepMetrics<Metrics> {
  try {
    checkOptions("minimize", options, minimizeNames);
    // WebGPU cannot be read in the middle of a step: there the caller's check comes after the update.
    const { learningRate, maxGradNorm, skipNonFinite = tf.getBackend() !== "webgpu", stopWhen } = options;
    const { gradNorm } = optimizer.applyGradients(gradients, trainable(variables), {
      learningRate,
      maxGradNorm: maxGradNorm ?? undefined,
      skipNonFinite,
      unless: stopWhen && { value: metricOf(metrics, stopWhen.metric), above: stopWhen.above },
    });
    options.constrain?.();
    return { ...metrics, gradNorm };
  } catch (error) {
    tf.dispose(metrics);
    throw error;
  } finally {
    tf.dispose([...gradients.values()]);
  }
}

function metricOf(metrics: LossAndMetrics, name: string): tf.Scalar {
  const metric: tf.Tensor | undefined = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (metric?.size === 1) return metric as tf.Scalar;
  throw new InvalidArgumentError(
    "stopWhen",
    `expected the name of a metric that is a scalar, one of ${Object.keys(metrics).join(", ")}; received "${name}"`,
  );
}

/** Values of metrics: numbers for scalars, arrays for everything else. */
export type MetricValues<Metrics> = {
  [Name in keyof Metrics]: Metrics[Name] extends tf.Scalar ? number : Float32Array;
};

/** Options of {@link readMetrics}. */
export interface ReadMetricsOptions {
  /** Whether the tensors are kept, to be read again; default false: they are disposed of. */
  keep?: boolean;
}

const readNames = optionNames<ReadMetricsOptions>({
  keep: true,
});

/**
 * Reads metrics in one transfer and disposes of them.
 *
 * @example
 * ```ts
 * const metrics = optimizer.minimize(() => lossOf(batch), variables, { learningRate: 3e-4 });
 * const { loss, gradNorm } = await readMetrics(metrics);
 * ```
 */
export async function readMetrics<Metrics extends Record<string, tf.Tensor>>(
  metrics: Metrics,
  options: ReadMetricsOptions = {},
): Promise<MetricValues<Metrics>> {
  checkOptions("readMetrics", options, readNames);
  const { keep = false } = options;
  const entries = Object.entries(metrics);
  const read = tf.tidy(() => tf.concat(entries.map(([, tensor]) => tf.reshape(tensor, [-1]))));
  const places = entries.map(([name, { size, rank }]) => ({ name, size, rank }));
  if (!keep) tf.dispose(metrics);
  try {
    const values = (await read.data<"float32">()) as Float32Array;
    let at = 0;
    const result: Record<string, number | Float32Array> = {};
    for (const { name, size, rank } of places) {
      result[name] = rank === 0 ? values[at] : values.slice(at, at + size);
      at += size;
    }
    return result as MetricValues<Metrics>;
  } finally {
    read.dispose();
  }
}

function trainable(variables: TensorsByName<tf.Variable>): Map<string, tf.Variable> {
  const all = byName(variables);
  const chosen = new Map([...all].filter(([, variable]) => variable.trainable));
  if (chosen.size > 0) return chosen;
  throw new InvalidArgumentError(
    "variables",
    `expected a variable to train, received ${all.size} that are all frozen: remove trainable: false from at least one`,
  );
}
