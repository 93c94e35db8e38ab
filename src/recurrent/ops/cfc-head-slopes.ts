/** Derivatives of the CfC heads, for all steps at once. */

import * as tf from "@tensorflow/tfjs-core";
import { type CfCTrace, fixedTime, headBlocks } from "./cfc-forward.js";
import type { ScanSettings, ScanTensors } from "./cfc-problem.js";
import { columnSum } from "./column-sum.js";
import { constant } from "./constants.js";

/** Gradients of the heads' own parameters and the elapsed time. */
export interface HeadGradients {
  /** Gradient of `wTau` `[units]`. */
  wTau?: tf.Tensor1D;
  /** Gradient of `A` `[units]`. */
  a?: tf.Tensor1D;
  /** Gradient of the elapsed time `[rows, 1]`, if it is a tensor. */
  elapsed?: tf.Tensor2D;
}

/**
 * Derivative of each unit's next state with respect to each of its head pre-activations, `[rows, heads * units]`,
 * zero at masked steps. A unit's heads affect only that unit, so the whole Jacobian is this matrix.
 */
export function headSlopes(trace: CfCTrace, tensors: ScanTensors, settings: ScanSettings): tf.Tensor2D {
  const slopes =
    settings.mode === "pure" ? pureSlopes(trace, tensors, settings) : gateSlopes(trace, tensors, settings);
  return tensors.mask ? tf.mul(slopes, tensors.mask) : slopes;
}

/**
 * Gradients of `A`, `w_tau` and the elapsed time.
 *
 * @param dState gradient of each step's next state `[rows, units]`, including masked steps
 * @param dHeads gradient of each step's head pre-activations `[rows, heads * units]`
 */
export function headGradients(
  trace: CfCTrace,
  tensors: ScanTensors,
  settings: ScanSettings,
  dState: tf.Tensor2D | undefined,
  dHeads: tf.Tensor2D,
): HeadGradients {
  const { a, wTau, elapsed, mask } = tensors;
  if (settings.mode !== "pure") {
    if (!elapsed) return {};
    // s = sigmoid(c +- a t), so dt = +-a dc
    const units = dHeads.shape[1] / 4;
    const dGate = tf.slice(dHeads, [0, 3 * units], [-1, units]);
    const sum = tf.sum(tf.mul(trace.head.a, dGate), 1, true);
    return { elapsed: (settings.flavour === "torch" ? sum : tf.neg(sum)) as tf.Tensor2D };
  }
  const { f, decay } = trace.head;
  const d = mask ? tf.mul(dState!, mask) : dState!;
  const decayed = tf.mul(decay, f);
  // h' = A (1 - e f) with e = exp(-t (|w| + |f|))
  const dRate = tf.mul<tf.Tensor2D>(tf.mul(d, a!), decayed);
  const time = timeOf(tensors, settings);
  const dWeight = columnSum(time ? tf.mul(dRate, time) : dRate);
  const gradients: HeadGradients = {
    a: columnSum(tf.mul(d, tf.sub(constant(1), decayed))),
    wTau: tf.mul<tf.Tensor1D>(dWeight, tf.sign(wTau!)),
  };
  if (elapsed) {
    const rate = tf.add(tf.abs(f), tf.abs(wTau!));
    gradients.elapsed = tf.sum(tf.mul(dRate, rate), 1, true) as tf.Tensor2D;
  }
  return gradients;
}

function gateSlopes(trace: CfCTrace, tensors: ScanTensors, settings: ScanSettings): tf.Tensor2D {
  const { f, g, s } = trace.head;
  const bounded = settings.flavour === "torch";
  const gated = settings.mode === "default";
  const one = constant(1);
  const rest = tf.sub<tf.Tensor2D>(one, s);
  let df: tf.Tensor2D = gated ? rest : tf.onesLike(f);
  let dg: tf.Tensor2D = s;
  if (bounded) {
    df = tf.mul(df, tf.sub(one, tf.square(f)));
    dg = tf.mul(dg, tf.sub(one, tf.square(g)));
  }
  const dc = tf.mul<tf.Tensor2D>(gated ? tf.sub(g, f) : g, tf.mul(s, rest));
  if (headBlocks(tensors) === 3) return tf.concat2d([df, dg, dc], 1);
  const time = timeOf(tensors, settings);
  const scaled = time ? tf.mul<tf.Tensor2D>(dc, time) : dc;
  return tf.concat2d([df, dg, bounded ? scaled : tf.neg(scaled), dc], 1);
}

// d/df of -A exp(-t (|w| + |f|)) f = A exp(...) (t |f| - 1)
function pureSlopes({ head }: CfCTrace, tensors: ScanTensors, settings: ScanSettings): tf.Tensor2D {
  const size = tf.abs(head.f);
  const time = timeOf(tensors, settings);
  const bracket = tf.sub(time ? tf.mul(size, time) : size, constant(1));
  return tf.mul(tf.mul(head.decay, tensors.a!), bracket);
}

function timeOf({ elapsed }: ScanTensors, settings: ScanSettings): tf.Tensor | undefined {
  return elapsed ?? fixedTime(settings.elapsed);
}
