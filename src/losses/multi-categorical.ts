/** Products of independent categorical distributions: policies over MultiDiscrete spaces. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { ShapeError } from "../core/errors.js";
import { splitParts } from "../recurrent/ops/split-parts.js";
import { Categorical, sampleCategorical } from "./categorical.js";
import type { ActionSample, Distribution, SampleActionsOptions } from "./distribution.js";

/**
 * A batch of products of independent {@link Categorical}s, over tensors: log-probabilities, entropies and
 * divergences are sums over the choices.
 *
 * @example
 * ```ts
 * const policy = new MultiCategorical(logits, [3, 2]); // logits [..., 5]
 * const logProb = policy.logProb(actions); // actions [..., 2]
 * ```
 */
export class MultiCategorical implements Distribution {
  private readonly choices: readonly Categorical[];

  /**
   * @param logits `[..., sum of nvec]`, one choice after the other
   * @param nvec number of values of each choice
   * @throws ShapeError when the last axis has another size
   */
  constructor(
    readonly logits: tf.Tensor,
    nvec: readonly number[],
  ) {
    const size = nvec.reduce((sum, n) => sum + n, 0);
    if (logits.shape[logits.rank - 1] !== size)
      throw new ShapeError("logits", `[..., ${size}]`, logits.shape);
    this.choices = splitParts(logits, nvec, -1).map((part) => new Categorical(part));
  }

  /** Log-probabilities of `actions` `[..., choices]`. */
  logProb(actions: tf.Tensor): tf.Tensor {
    return tf.tidy(() => {
      const each = tf.unstack(actions, actions.rank - 1);
      return tf.addN(this.choices.map((choice, i) => choice.logProb(each[i])));
    });
  }

  /** Entropies in nats. */
  entropy(): tf.Tensor {
    return tf.tidy(() => tf.addN(this.choices.map((choice) => choice.entropy())));
  }

  /** Divergences `KL(this ‖ other)` in nats. */
  kl(other: MultiCategorical): tf.Tensor {
    return tf.tidy(() => tf.addN(this.choices.map((choice, i) => choice.kl(other.choices[i]))));
  }

  /** Most probable actions (int32) `[..., choices]`. */
  mode(): tf.Tensor {
    return tf.tidy(() =>
      tf.stack(
        this.choices.map((choice) => choice.mode()),
        -1,
      ),
    );
  }
}

/** Result of {@link sampleMultiCategorical}. */
export interface MultiCategoricalSample extends ActionSample {
  /** `[batch, choices]` actions, flat. */
  actions: Int32Array;
}

/** Options of {@link sampleMultiCategorical}. */
export interface SampleMultiCategoricalOptions extends SampleActionsOptions {
  /** Number of values of each choice. */
  nvec: readonly number[];
}

const names = optionNames<SampleMultiCategoricalOptions>({
  nvec: true,
  random: true,
  deterministic: true,
});

/**
 * Samples one action per row from plain logits, on the CPU and with the seeded generator.
 *
 * @param logits flat `[batch, sum of nvec]`
 * @throws InvalidArgumentError when sampling without `random`
 * @throws ShapeError when the number of logits is not a multiple of the sum
 */
export function sampleMultiCategorical(
  logits: ArrayLike<number>,
  options: SampleMultiCategoricalOptions,
): MultiCategoricalSample {
  checkOptions("sampleMultiCategorical", options, names);
  const { nvec, random, deterministic } = options;
  const size = nvec.reduce((sum, n) => sum + n, 0);
  const batch = logits.length / size;
  if (!Number.isInteger(batch)) throw new ShapeError("logits", `[batch * ${size}]`, [logits.length]);
  const actions = new Int32Array(batch * nvec.length);
  const logProbs = new Float32Array(batch);
  const values = Array.from(logits);
  for (let row = 0; row < batch; row++) {
    let start = row * size;
    nvec.forEach((numActions, k) => {
      const one = sampleCategorical(values.slice(start, start + numActions), {
        numActions,
        random,
        deterministic,
      });
      actions[row * nvec.length + k] = one.actions[0];
      logProbs[row] += one.logProbs[0];
      start += numActions;
    });
  }
  return { actions, logProbs };
}
