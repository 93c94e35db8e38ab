/** The loss of behaviour cloning. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { maskedMean } from "../../losses/index.js";
import { oneHotRows } from "../../recurrent/ops/one-hot-rows.js";

/** Options of {@link sequenceCrossEntropy}. */
export interface SequenceCrossEntropyOptions {
  /** `[batch, time]`, 0 at steps to ignore. */
  mask?: tf.Tensor2D;
  /** Weight of each action, e.g. to balance a rare one; default 1. */
  classWeights?: readonly number[];
}

const names = optionNames<SequenceCrossEntropyOptions>({
  mask: true,
  classWeights: true,
});

/**
 * Cross-entropy between logits and actions, averaged over all steps of all sequences; with weights, as in torch,
 * `Σ w(action) loss / Σ w(action)`; 0 where all steps are masked. The caller owns the result.
 *
 * @param logits `[batch, time, actions]` · @param actions `[batch, time]`
 *
 * @example
 * ```ts
 * const loss = sequenceCrossEntropy(logits, actions, { mask });
 * ```
 */
export function sequenceCrossEntropy(
  logits: tf.Tensor3D,
  actions: tf.Tensor2D,
  options: SequenceCrossEntropyOptions = {},
): tf.Scalar {
  checkOptions("sequenceCrossEntropy", options, names);
  const { mask, classWeights } = options;
  return tf.tidy(() => {
    const size = logits.shape[2];
    const chosen = oneHotRows(actions, size);
    const losses = tf.neg(tf.sum(tf.mul(chosen, tf.logSoftmax(logits)), -1));
    let weights: tf.Tensor | undefined = mask;
    if (classWeights) {
      const ofAction = tf.sum(tf.mul(chosen, tf.tensor1d([...classWeights])), -1);
      weights = mask ? tf.mul(ofAction, mask) : ofAction;
    }
    if (!weights) return tf.mean(losses) as tf.Scalar;
    return maskedMean(losses, weights);
  });
}

/**
 * Class weights that balance the actions: `steps / (actions × count)`, as scikit-learn's `"balanced"`; 0 for
 * actions that never occur.
 *
 * @param counts number of occurrences of each action, see `AtariCloningDataset.actionCounts`
 */
export function balancedClassWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? total / (present * count) : 0));
}
