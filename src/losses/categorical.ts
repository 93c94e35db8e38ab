/** Categorical distributions, parameterised by logits. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { constant } from "../recurrent/ops/constants.js";
import { oneHotRows } from "../recurrent/ops/one-hot-rows.js";
import type { Distribution } from "./distribution.js";

// The lowest finite float32, used for the logarithm of 0: multiplied by 0 it gives 0 instead of NaN.
const lowest = -3.4028234663852886e38;

/**
 * A batch of categorical distributions over tensors. Every method returns a tensor that the caller
 * owns and that is differentiable in the logits; all are stable for large logits. Actions with the logit -Infinity
 * are impossible; at least one in each row must be possible. Log-probabilities are never below -3.4e38.
 *
 * @example
 * ```ts
 * const policy = new Categorical(logits); // [..., actions]
 * const loss = tf.neg(tf.mean(policy.logProb(actions)));
 * ```
 */
export class Categorical implements Distribution {
  private readonly logProbs: tf.Tensor;

  /** @param logits `[..., actions]` unnormalised log-probabilities */
  constructor(readonly logits: tf.Tensor) {
    this.logProbs = tf.tidy(() => tf.maximum(tf.logSoftmax(logits), constant(lowest)));
  }

  /** Log-probabilities of `actions` (int32, the logits' shape without the last axis). */
  logProb(actions: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const chosen = oneHotRows(actions, this.logits.shape[this.logits.rank - 1]);
      return tf.sum(tf.mul(chosen, this.logProbs), -1);
    });
  }

  /** Entropies in nats, `-Σ p log p`. */
  entropy(): tf.Tensor {
    return tf.tidy(() => tf.neg(tf.sum(tf.mul(tf.exp(this.logProbs), this.logProbs), -1)));
  }

  /** Divergences `KL(this ‖ other) = Σ p (log p - log q)` in nats; huge where only the other forbids an action. */
  kl(other: Categorical): tf.Tensor {
    return tf.tidy(() => tf.sum(tf.mul(tf.exp(this.logProbs), tf.sub(this.logProbs, other.logProbs)), -1));
  }

  /** Most probable actions (int32). */
  mode(): tf.Tensor {
    return tf.argMax(this.logits, -1);
  }
}

/** Result of {@link sampleCategorical}. */
export interface CategoricalSample {
  /** `[batch]` chosen actions. */
  actions: Int32Array;
  /** `[batch]` log-probabilities of the chosen actions. */
  logProbs: Float32Array;
}

/** Options of {@link sampleCategorical}. */
export interface SampleCategoricalOptions {
  /** Number of actions. */
  numActions: number;
  /** Generator that samples the actions; not needed when deterministic. */
  random?: Random;
  /** Takes the most probable action instead of sampling; default false. */
  deterministic?: boolean;
}

const names = optionNames<SampleCategoricalOptions>({
  numActions: true,
  random: true,
  deterministic: true,
});

/**
 * Samples one action per row from plain logits, on the CPU and with the seeded generator, so that a
 * run can be reproduced on every backend.
 *
 * @param logits flat `[batch, numActions]`; -Infinity for impossible actions
 * @throws InvalidArgumentError when sampling without `random`
 * @throws ShapeError when the number of logits is not a multiple of the number of actions
 */
export function sampleCategorical(
  logits: ArrayLike<number>,
  options: SampleCategoricalOptions,
): CategoricalSample {
  checkOptions("sampleCategorical", options, names);
  const { numActions, random, deterministic = false } = options;
  if (!deterministic && !random) {
    throw new InvalidArgumentError("random", "expected a generator, or deterministic: true");
  }
  const batch = logits.length / numActions;
  if (!Number.isInteger(batch)) throw new ShapeError("logits", `[batch * ${numActions}]`, [logits.length]);
  const actions = new Int32Array(batch);
  const logProbs = new Float32Array(batch);
  for (let row = 0; row < batch; row++) {
    const start = row * numActions;
    let best = 0;
    for (let a = 1; a < numActions; a++) if (logits[start + a] > logits[start + best]) best = a;
    const max = logits[start + best];
    let total = 0;
    for (let a = 0; a < numActions; a++) total += Math.exp(logits[start + a] - max);
    let action = best;
    if (!deterministic && random) {
      let left = random.uniform() * total;
      for (action = 0; action < numActions - 1; action++) {
        left -= Math.exp(logits[start + action] - max);
        if (left < 0) break;
      }
    }
    actions[row] = action;
    logProbs[row] = logits[start + action] - max - Math.log(total);
  }
  return { actions, logProbs };
}
