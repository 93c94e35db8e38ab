/** The value loss of PPO with three kinds of clipping, or none. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { clamp, minus, type ScalarLike } from "./clamp.js";
import { maskedMean } from "./masked-mean.js";

/**
 * Kind of value clipping.
 *
 * - `"clipped-value"` (SB3's `clip_range_vf`): the new value enters the loss only after its change is clipped to
 *   ±ε: `½ mean (V_old + clip(V - V_old, ±ε) - R)²`; no gradient where it left that range.
 * - `"value-change"` (OpenAI baselines, labml, CleanRL): the new value may leave the old one by at
 *   most ε: `½ mean max((V - R)², (V_old + clip(V - V_old, ±ε) - R)²)`.
 * - `"squared-error"` (RLlib's `vf_clip_param`): `mean clip((V - R)², 0, c)`; no gradient where
 *   `|V - R| > √c`. The old value is not used.
 * - `"none"`: `½ mean (V - R)²`.
 */
export type ValueClipKind = "clipped-value" | "value-change" | "squared-error" | "none";

/** Names of all kinds. */
export const valueClipKinds: readonly ValueClipKind[] = [
  "clipped-value",
  "value-change",
  "squared-error",
  "none",
];

/** Options of {@link ClippedValueLoss}. */
export interface ClippedValueLossOptions {
  /** Kind of clipping, default `"value-change"`. */
  kind?: ValueClipKind;
  /** ε of `"clipped-value"` and `"value-change"` (default 0.2) or c of `"squared-error"` (default 10, in squared return units). */
  clipRange?: number;
  /**
   * Factor of the mean: default ½ (baselines, labml, CleanRL), but 1 for `"squared-error"` (RLlib). SB3 has no factor:
   * `PPOTrainer`, which follows SB3, passes 1.
   */
  scale?: number;
}

const names = optionNames<ClippedValueLossOptions>({
  kind: true,
  clipRange: true,
  scale: true,
});

/** Arguments of {@link ClippedValueLoss.apply}; all tensors have the same shape. */
export interface ClippedValueLossInput {
  /** Values under the current network. */
  values: tf.Tensor;
  /** Value targets. */
  returns: tf.Tensor;
  /** Values when the batch was sampled; required by `"clipped-value"` and `"value-change"`. */
  oldValues?: tf.Tensor;
  /** Clip range of this call, if it changes during training; defaults to the constructor's. */
  clipRange?: ScalarLike;
  /** 1 for real steps, 0 for padding. */
  mask?: tf.Tensor;
}

const inputNames = optionNames<ClippedValueLossInput>({
  values: true,
  returns: true,
  oldValues: true,
  clipRange: true,
  mask: true,
});

/**
 * The value loss of PPO, clipped in one of three ways, or not at all.
 *
 * @example
 * ```ts
 * const valueLoss = new ClippedValueLoss({ kind: "value-change", clipRange: 0.1 });
 * const loss = valueLoss.apply({ values, oldValues, returns });
 * ```
 */
export class ClippedValueLoss {
  /** Kind of clipping. */
  readonly kind: ValueClipKind;
  /** Clip range: ε or c. */
  readonly clipRange: number;
  /** Factor of the mean. */
  readonly scale: number;

  /** @throws InvalidArgumentError when the kind is unknown or the range is not positive */
  constructor(options: ClippedValueLossOptions = {}) {
    if (new.target === ClippedValueLoss) checkOptions("ClippedValueLoss", options, names);
    this.kind = options.kind ?? "value-change";
    if (!valueClipKinds.includes(this.kind)) {
      const known = valueClipKinds.map((kind) => `"${kind}"`).join(" or ");
      throw new InvalidArgumentError("kind", `expected ${known}, received ${this.kind}`);
    }
    this.clipRange = options.clipRange ?? (this.kind === "squared-error" ? 10 : 0.2);
    if (!(this.clipRange > 0)) {
      throw new InvalidArgumentError("clipRange", `expected a positive number, received ${this.clipRange}`);
    }
    this.scale = options.scale ?? (this.kind === "squared-error" ? 1 : 0.5);
  }

  /**
   * Computes the loss, a scalar that the caller owns. Differentiable in `values`.
   *
   * @throws InvalidArgumentError when `"clipped-value"` or `"value-change"` is used without `oldValues`
   */
  apply(input: ClippedValueLossInput): tf.Scalar {
    checkOptions("ClippedValueLoss.apply", input, inputNames);
    const { values, returns, oldValues, clipRange = this.clipRange, mask } = input;
    return tf.tidy(() => {
      const squared = tf.square(tf.sub(values, returns));
      return tf.mul(
        maskedMean(this.clip(squared, values, returns, oldValues, clipRange), mask),
        this.scale,
      ) as tf.Scalar;
    });
  }

  private clip(
    squared: tf.Tensor,
    values: tf.Tensor,
    returns: tf.Tensor,
    oldValues: tf.Tensor | undefined,
    clipRange: ScalarLike,
  ): tf.Tensor {
    if (this.kind === "none") return squared;
    if (this.kind === "squared-error") return clamp(squared, 0, clipRange);
    if (!oldValues) {
      throw new InvalidArgumentError("oldValues", `needed by a value loss of kind "${this.kind}"`);
    }
    const change = clamp(tf.sub(values, oldValues), minus(0, clipRange), clipRange);
    const clipped = tf.square(tf.sub(tf.add(oldValues, change), returns));
    return this.kind === "clipped-value" ? clipped : tf.maximum(squared, clipped);
  }
}
