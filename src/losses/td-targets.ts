/** Targets of Q-learning and double Q-learning. */

import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";
import { oneHotRows } from "../recurrent/ops/one-hot-rows.js";

/** Arguments of {@link tdTargets}. */
export interface TDTargetsInput {
  /** `[batch]` rewards, or their discounted sums over n steps. */
  rewards: tf.Tensor1D;
  /** `[batch]` γ (γⁿ for sums over n steps), 0 where the episode terminated. Truncated episodes are bootstrapped. */
  discounts: tf.Tensor1D;
  /** `[batch, actions]` Q-values of the next observations by the target network. */
  targetQ: tf.Tensor2D;
  /** `[batch, actions]` Q-values by the trained network; enables double Q-learning. */
  onlineQ?: tf.Tensor2D;
}

/**
 * Targets of Q-learning, `r + γ max_a Q⁻(s', a)`; or, with `onlineQ`, of double Q-learning (van Hasselt et al. 2016),
 * `r + γ Q⁻(s', argmax_a Q(s', a))`: one network chooses the action, the other evaluates it.
 *
 * @returns `[batch]`, which the caller owns
 * @throws ShapeError when the shapes do not fit
 */
export function tdTargets({ rewards, discounts, targetQ, onlineQ }: TDTargetsInput): tf.Tensor1D {
  const [batch, actions] = targetQ.shape;
  for (const [name, { shape }] of Object.entries({ rewards, discounts })) {
    if (shape.length !== 1 || shape[0] !== batch) throw new ShapeError(name, `[${batch}]`, shape);
  }
  if (onlineQ && onlineQ.shape.join() !== targetQ.shape.join()) {
    throw new ShapeError("onlineQ", `[${batch}, ${actions}]`, onlineQ.shape);
  }
  return tf.tidy(() => {
    const values = onlineQ
      ? tf.sum(tf.mul(targetQ, oneHotRows(tf.argMax(onlineQ, 1), actions)), 1)
      : tf.max(targetQ, 1);
    return tf.add(rewards, tf.mul(discounts, values)) as tf.Tensor1D;
  });
}
