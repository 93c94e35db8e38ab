/** A whole sequence through a CfC cell. */

import * as tf from "@tensorflow/tfjs-core";
import { activationRule, type CfcActivation } from "./activations.js";
import { cfcOperation } from "./cfc-operation.js";
import type { CfcFlavour, CfcMode, CfcWeights } from "./cfc-problem.js";
import { checkScan } from "./check-scan.js";
import { constant } from "./constants.js";
import { type Elapsed, elapsedRows, fromRows, toRows } from "./sequence-rows.js";

/** Options of {@link cfcScan}. */
export interface CfcScanOptions {
  /** Inputs `[batch, time, features]`. */
  x: tf.Tensor3D;
  /** State before the first step `[batch, units]`. */
  state: tf.Tensor2D;
  /** Weights of the cell. */
  weights: CfcWeights;
  /** Default `"default"`. */
  mode?: CfcMode;
  /** Default `"torch"`. */
  flavour?: CfcFlavour;
  /** Backbone activation, default `"lecun_tanh"`. */
  activation?: CfcActivation;
  /**
   * `[batch, time]`, 1 where the state is cleared to zero before the step consumes it; no gradient flows back
   * through such a step. A step that is also masked carries the cleared state.
   */
  resets?: tf.Tensor;
  /** `[batch, time]`, 0 where a step is skipped: the state is carried through unchanged and is the output. */
  mask?: tf.Tensor;
  /**
   * Time that passes in each step: one number, or `[batch]`, `[batch, time]`, `[batch, time, 1]`, as arrays
   * or as a differentiable tensor. Default 1.
   */
  elapsed?: Elapsed;
  /**
   * Factors on the activations of each backbone layer, `[batch, time, width]`: 0 where a unit is dropped,
   * `1 / (1 - rate)` elsewhere. `undefined` for a layer without dropout; default no dropout.
   */
  dropout?: readonly (tf.Tensor3D | undefined)[];
}

/** Result of {@link cfcScan}. */
export interface CfcScanResult {
  /** The state after each step `[batch, time, units]`. */
  outputs: tf.Tensor3D;
  /** The state after the last step `[batch, units]`. */
  state: tf.Tensor2D;
}

/**
 * Runs a CfC cell over a sequence, as one operation with its own gradient (Hasani et al., "Closed-form
 * continuous-time neural networks", 2022). Differentiable in `x`, `state`, `elapsed` and all weights.
 *
 * @throws ShapeError when a tensor has another shape than the others ask for, or the sequence is empty
 * @throws InvalidArgumentError for unknown names and for elapsed times in numbers or arrays that are negative or NaN
 *
 * @example
 * ```ts
 * const { outputs, state } = cfcScan({ x, state: tf.zeros([batch, units]), weights });
 * ```
 */
export function cfcScan(options: CfcScanOptions): CfcScanResult {
  const { x, state, weights, mode = "default", flavour = "torch", resets, mask } = options;
  const activation = activationRule(options.activation ?? "lecun_tanh");
  checkScan({ ...options, mode, flavour });
  const [batch, steps] = x.shape;
  const units = state.shape[1];
  return tf.tidy(() => {
    const times = elapsedRows(options.elapsed, batch, steps);
    const outputs = cfcOperation(
      {
        x: toRows(asFloat(x)),
        state,
        layers: [...weights.backbone, weights.heads],
        wTau: weights.wTau,
        a: weights.a,
        keep: resets && tf.sub<tf.Tensor2D>(constant(1), flagRows(resets, batch, steps)),
        mask: mask && flagRows(mask, batch, steps),
        dropout: options.dropout?.map((factors) => factors && toRows(factors)),
        elapsed: typeof times === "number" ? undefined : times,
      },
      { mode, flavour, activation, elapsed: typeof times === "number" ? times : 1 },
    );
    const last = steps === 1 ? outputs : tf.slice(outputs, [(steps - 1) * batch, 0], [batch, units]);
    return { outputs: fromRows(outputs, batch, steps), state: last };
  });
}

/** `[batch, time]` of any type as time-major float rows `[time * batch, 1]`. */
export function flagRows(x: tf.Tensor, batch: number, steps: number): tf.Tensor2D {
  return toRows(tf.reshape<tf.Rank.R3>(asFloat(x), [batch, steps, 1]));
}

/** The tensor itself where it is float32, else a float32 copy. */
export function asFloat<T extends tf.Tensor>(x: T): T {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}
