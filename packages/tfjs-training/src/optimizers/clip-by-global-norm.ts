/** Clips gradients by their global norm. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { FlatLayout } from "./flat-layout.js";
import { byName, type TensorsByName } from "./optimizer.js";

/** Options of {@link clipByGlobalNorm}. */
export interface ClipByGlobalNormOptions {
  /** Maximum global norm of the gradients; above 0. */
  maxNorm: number;
}

const names = optionNames<ClipByGlobalNormOptions>({
  maxNorm: true,
});

/** Result of {@link clipByGlobalNorm}. */
export interface ClipByGlobalNormResult {
  /** The clipped gradients by name. */
  gradients: Map<string, tf.Tensor>;
  /** Global gradient norm before clipping. */
  norm: tf.Scalar;
}

/**
 * Scales gradients by `min(1, maxNorm / (norm + 1e-6))` where `norm` is the global norm, that of all gradients as one
 * vector: `torch.nn.utils.clip_grad_norm_`. Optimizers do the same more efficiently with their option `maxGradNorm`.
 *
 * @returns tensors that the caller disposes of
 * @throws InvalidArgumentError when `maxNorm` is not above 0 or there are no gradients
 *
 * @example
 * ```ts
 * const { gradients, norm } = clipByGlobalNorm(grads, { maxNorm: 0.5 });
 * ```
 */
export function clipByGlobalNorm(
  gradients: TensorsByName<tf.Tensor>,
  options: ClipByGlobalNormOptions,
): ClipByGlobalNormResult {
  checkOptions("clipByGlobalNorm", options, names);
  const { maxNorm } = options;
  checkMaxNorm("maxNorm", maxNorm);
  const named = byName(gradients);
  const layout = new FlatLayout(named);
  const { norm, parts } = tf.tidy(() => {
    const flat = layout.flatten(named, "gradients");
    const length = tf.sqrt(tf.sum(tf.square(flat))) as tf.Scalar;
    return { norm: length, parts: layout.split(tf.mul(flat, clipFactor(length, maxNorm))) };
  });
  return { gradients: new Map(layout.entries.map(({ name }, i) => [name, parts[i]])), norm };
}

/** `min(1, maxNorm / (norm + 1e-6))` on the backend. */
export function clipFactor(norm: tf.Scalar, maxNorm: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(tf.div(maxNorm, tf.add(norm, 1e-6)), 1) as tf.Scalar);
}

/** Throws unless a maximum norm is above 0. */
export function checkMaxNorm(argument: string, maxNorm: number): void {
  if (!(maxNorm > 0))
    throw new InvalidArgumentError(argument, `expected a number above 0, received ${maxNorm}`);
}
