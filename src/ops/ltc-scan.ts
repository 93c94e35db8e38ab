/** A whole sequence through an LTC cell. */

import * as tf from "@tensorflow/tfjs-core";
import type { CfcScanResult } from "./cfc-scan.js";
import { constant } from "./constants.js";
import { checkEpsilon, checkLtcScan, checkUnfolds } from "./ltc-check.js";
import { ltcOperation } from "./ltc-operation.js";
import type { LtcSynapses, LtcWeights } from "./ltc-problem.js";
import { type Elapsed, elapsedRows, fromRows, toRows } from "./sequence-rows.js";

/** Options of {@link ltcScan}. */
export interface LtcScanOptions {
  /** Inputs `[batch, time, features]`. */
  x: tf.Tensor3D;
  /** Potentials before the first step `[batch, units]`. */
  state: tf.Tensor2D;
  /** Weights of the cell. */
  weights: LtcWeights;
  /** Which synapses there are: a wiring built for these features. */
  wiring: LtcSynapses;
  /** Steps of the solver in each step of the sequence, default 6. */
  odeUnfolds?: number;
  /** Added to the denominators of the solver, default 1e-8. */
  epsilon?: number;
  /** Whether `gleak`, `cm` and the synapses' `w` pass through softplus (default), or are taken as they are. */
  implicitConstraints?: boolean;
  /**
   * `[batch, time]`, 1 where the state is cleared to zero before the step consumes it; no gradient flows back
   * through such a step. A step that is also masked carries the cleared state.
   */
  resets?: tf.Tensor;
  /**
   * `[batch, time]`, 0 where a step is skipped: the state is carried through unchanged, and the output is that
   * of the carried state. The inputs of such a step get no gradient.
   */
  mask?: tf.Tensor;
  /**
   * Time that passes in each step: one number, or `[batch]`, `[batch, time]`, `[batch, time, 1]`, as arrays
   * or as a differentiable tensor. Default 1. Where no time passes the state stays as it is.
   */
  elapsed?: Elapsed;
}

/**
 * Runs a liquid time-constant cell over a sequence, as one operation with its own gradient (Hasani et al.,
 * "Liquid time-constant networks", 2021). Differentiable in `x`, `state`, `elapsed` and all weights.
 *
 * @returns outputs `[batch, time, outputs]`, the mapped potentials of the motor neurons, and the potentials after
 *   the last step `[batch, units]`
 * @throws ShapeError when a tensor has another shape than the others ask for, or the sequence is empty
 * @throws InvalidArgumentError for a wrong number, also for elapsed times in numbers or arrays that are negative
 *   or NaN
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 16, outputSize: 4 }).build(8);
 * const { outputs, state } = ltcScan({ x, state: tf.zeros([batch, 16]), weights, wiring });
 * ```
 */
export function ltcScan(options: LtcScanOptions): CfcScanResult {
  const { x, state, weights, wiring, resets, mask, implicitConstraints = true } = options;
  const odeUnfolds = checkUnfolds(options.odeUnfolds ?? 6);
  const epsilon = checkEpsilon(options.epsilon ?? 1e-8);
  checkLtcScan(options);
  const [batch, steps] = x.shape;
  return tf.tidy(() => {
    const times = elapsedRows(options.elapsed, batch, steps);
    const potentials = ltcOperation(
      {
        x: mapped(toRows(asFloat(x)), weights.inputW, weights.inputB),
        state,
        weights,
        keep: resets && tf.sub<tf.Tensor2D>(constant(1), flags(resets, batch, steps)),
        mask: mask && flags(mask, batch, steps),
        elapsed: typeof times === "number" ? undefined : times,
      },
      { odeUnfolds, epsilon, implicitConstraints, elapsed: typeof times === "number" ? times : 1 },
      wiring,
    );
    const last =
      steps === 1 ? potentials : tf.slice(potentials, [(steps - 1) * batch, 0], [batch, wiring.units]);
    return { outputs: fromRows(ltcReadout(potentials, weights, wiring), batch, steps), state: last };
  });
}

/** The outputs `[rows, outputs]` that belong to potentials `[rows, units]`. */
export function ltcReadout(
  potentials: tf.Tensor2D,
  { outputW, outputB }: Pick<LtcWeights, "outputW" | "outputB">,
  { outputDim, units }: LtcSynapses,
): tf.Tensor2D {
  const motor = outputDim === units ? potentials : tf.slice(potentials, [0, 0], [-1, outputDim]);
  return mapped(motor, outputW, outputB);
}

function mapped(x: tf.Tensor2D, factor?: tf.Tensor1D, shift?: tf.Tensor1D): tf.Tensor2D {
  const scaled = factor ? tf.mul<tf.Tensor2D>(x, factor) : x;
  return shift ? tf.add<tf.Tensor2D>(scaled, shift) : scaled;
}

function flags(x: tf.Tensor, batch: number, steps: number): tf.Tensor2D {
  return toRows(tf.reshape<tf.Rank.R3>(asFloat(x), [batch, steps, 1]));
}

function asFloat<T extends tf.Tensor>(x: T): T {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}
