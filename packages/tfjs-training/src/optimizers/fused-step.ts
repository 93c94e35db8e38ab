/** Update rules as one pass over weights, gradients and moments, if the backend has a kernel for it. */

import * as tf from "@tensorflow/tfjs-core";
import type { FlatEntry } from "./flat-layout.js";

/** An update rule that a backend may implement as one kernel. */
export interface FusedRule {
  /** Name of the kernel in tfjs's registry. */
  kernelName: string;
  /** Which of the rule's coefficients may differ from step to step. */
  changing: readonly string[];
  /** Whether the coefficients of two variables with the same number of steps may differ. */
  byName: boolean;
  /** Computes the rule's coefficients for a variable, from its name and number of steps, including this one. */
  numbers(steps: number, name: string): Readonly<Record<string, number>>;
}

/** Arguments of a fused step; gradients and weights in the order of `entries`. */
export interface FusedStep {
  /** The variables. */
  entries: readonly FlatEntry[];
  /** Gradients, not clipped. */
  gradients: readonly tf.Tensor[];
  /** Weights before the step. */
  weights: readonly tf.Tensor[];
  /** Moments as vectors over all variables; they are updated in place. */
  moments: Readonly<Record<string, tf.Tensor1D>>;
  /** Number of steps of each variable, including this one. */
  steps: readonly number[];
  /** Global gradient norm, and the norm to clip it to; undefined without clipping. */
  norm?: { value: tf.Scalar; max: number };
}

/** Whether the active backend has the kernels of a fused step. */
export function hasFusedStep({ kernelName }: FusedRule): boolean {
  const backend = tf.getBackend();
  return tf.getKernel(kernelName, backend) !== undefined && tf.getKernel("GlobalNorm", backend) !== undefined;
}

/** Global norm: that of all tensors as one vector. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.engine().runKernel("GlobalNorm", Object.fromEntries(tensors.entries())) as tf.Scalar;
}

/** Runs the step; returns the new weights. */
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
