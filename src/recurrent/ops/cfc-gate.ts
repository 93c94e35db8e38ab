/** Folds the two time heads of a CfC into one, for a fixed elapsed time. */

import * as tf from "@tensorflow/tfjs-core";
import { countSteps } from "./cfc-forward.js";
import type { LinearWeights, ScanSettings, ScanTensors } from "./cfc-problem.js";

/**
 * Whether the gate is folded: this costs a few operations on the weights and saves a quarter of the head's product in
 * every step.
 */
export function foldsGate(tensors: ScanTensors, { mode }: ScanSettings): boolean {
  return mode !== "pure" && tensors.elapsed === undefined && countSteps(tensors) > 1;
}

/** Folds `f | g | a | c` to `f | g | c + rate a`: with a fixed time the gate's pre-activation is linear in one head. */
export function foldGate(layers: LinearWeights[], settings: ScanSettings): LinearWeights[] {
  const heads = layers[layers.length - 1];
  const rate = rateOf(settings);
  const fold = <T extends tf.Tensor>(weight: T): T => {
    const axis = weight.rank - 1;
    const units = weight.shape[axis] / 4;
    const [fg, a, c] = tf.split(weight, [2 * units, units, units], axis);
    return tf.concat([fg, scaledSum(c, a, rate)], axis) as T;
  };
  return [...layers.slice(0, -1), { kernel: fold(heads.kernel), bias: fold(heads.bias) }];
}

/** Gradients of the four heads from those of the folded three. */
export function unfoldGate(gradients: LinearWeights[], settings: ScanSettings): LinearWeights[] {
  const heads = gradients[gradients.length - 1];
  const rate = rateOf(settings);
  const unfold = <T extends tf.Tensor>(gradient: T): T => {
    const axis = gradient.rank - 1;
    const units = gradient.shape[axis] / 3;
    const [fg, c] = tf.split(gradient, [2 * units, units], axis);
    return tf.concat([fg, rate === 1 ? c : tf.mul(c, rate), c], axis) as T;
  };
  return [...gradients.slice(0, -1), { kernel: unfold(heads.kernel), bias: unfold(heads.bias) }];
}

function rateOf({ flavour, elapsed }: ScanSettings): number {
  return flavour === "torch" ? elapsed : -elapsed;
}

function scaledSum(c: tf.Tensor, a: tf.Tensor, rate: number): tf.Tensor {
  if (Math.abs(rate) === 1) return rate > 0 ? tf.add(c, a) : tf.sub(c, a);
  return tf.add(c, tf.mul(a, rate));
}
