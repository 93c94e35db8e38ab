/** Update rules as one pass over weights, gradients and moments, where the backend has a kernel for it. */

import * as tf from "@tensorflow/tfjs-core";
import type { FlatEntry } from "./flat-layout.js";

/** An update rule that a backend may know as one kernel. */
export interface FusedRule {
  /** Name of the kernel in tfjs's registry. */
  kernelName: string;
  /** Which of the rule's numbers may differ from step to step. */
  changing: readonly string[];
  /** Whether the numbers of two variables with as many steps may differ. */
  byName: boolean;
  /** The rule's numbers for a variable, from its name and its steps, this one included. */
  numbers(steps: number, name: string): Readonly<Record<string, number>>;
}

/** What a fused step works on; gradients and weights in the order of `entries`. */
export interface FusedStep {
  /** The variables. */
  entries: readonly FlatEntry[];
  /** Gradients, not clipped. */
  gradients: readonly tf.Tensor[];
  /** Weights before the step. */
  weights: readonly tf.Tensor[];
  /** Moments as vectors over all variables; they are changed in place. */
  moments: Readonly<Record<string, tf.Tensor1D>>;
  /** Steps of each variable, this one included. */
  steps: readonly number[];
  /** Length of all gradients, and the length to clip it to; none without clipping. */
  norm?: { value: tf.Scalar; max: number };
}

/** Whether the active backend has the kernels of a fused step. */
export function hasFusedStep({ kernelName }: FusedRule): boolean {
  const backend = tf.getBackend();
  return tf.getKernel(kernelName, backend) !== undefined && tf.getKernel("GlobalNorm", backend) !== undefined;
}

/** Length of all tensors as one vector. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.engine().runKernel("GlobalNorm", Object.fromEntries(tensors.entries())) as tf.Scalar;
}

/** Makes the step; returns the new weights. */
export function applyFused(rule: FusedRule, step: FusedStep): tf.Tensor[] {
  const { entries, gradients, weights, moments, steps, norm } = step;
  const inputs: tf.NamedTensorMap = { ...moments };
  gradients.forEach((gradient, i) => {
    inputs[`gradient${i}`] = gradient;
    inputs[`weight${i}`] = weights[i];
  });
  if (norm) inputs.norm = norm.value;
  const attributes: tf.NamedAttrMap = {
    offsets: entries.map(({ offset }) => offset),
    numbers: entries.map(({ name }, i) => rule.numbers(steps[i], name)),
    maxNorm: norm?.max ?? Number.POSITIVE_INFINITY,
  };
  return tf.engine().runKernel(rule.kernelName, inputs, attributes) as tf.Tensor[];
}
