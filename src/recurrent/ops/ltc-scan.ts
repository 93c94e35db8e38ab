/** Runs an LTC cell over a whole sequence. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../../core/check-options.js";
import type { CfCScanResult } from "./cfc-scan.js";
import { constant } from "./constants.js";
import { checkEpsilon, checkLTCScan, checkUnfolds } from "./ltc-check.js";
import { ltcOperation } from "./ltc-operation.js";
import { dynamicsNames, type LTCSynapses, type LTCWeights } from "./ltc-problem.js";
import { hasScanKernel, type LTCScanAttributes, runScan, type ScanSize } from "./scan-kernels.js";
import { type Elapsed, elapsedRows, elapsedSteps, fromRows, toRows } from "./sequence-rows.js";

/** Options of {@link ltcScan}. */
export interface LTCScanOptions {
  /** Inputs `[batch, time, features]`. */
  x: tf.Tensor3D;
  /** Potentials before the first step `[batch, units]`. */
  state: tf.Tensor2D;
  /** Weights of the cell. */
  weights: LTCWeights;
  /** Synapses: a wiring built for these features. */
  wiring: LTCSynapses;
  /** Solver steps per step of the sequence, default 6. */
  odeUnfolds?: number;
  /** Added to the denominators of the solver, default 1e-8. */
  epsilon?: number;
  /** Whether `gleak`, `cm` and the synapses' `w` pass through softplus (default), or are used unchanged. */
  implicitConstraints?: boolean;
  /**
   * Resets `[batch, time]`: 1 where the state is cleared to zero before the step consumes it; no gradient flows back
   * through such a step. A step that is also masked carries the cleared state.
   */
  resets?: tf.Tensor;
  /**
   * Mask `[batch, time]`: 0 where a step is skipped: the state is carried over unchanged, and the output is that
   * of the carried state. The inputs of such a step get no gradient.
   */
  mask?: tf.Tensor;
  /**
   * Elapsed time of each step: one number, or `[batch]` or `[batch, time]` as arrays or as a differentiable
   * tensor, which may also be `[batch, time, 1]`. Default 1. If no time passes the state does not change.
   */
  elapsed?: Elapsed;
}

const names = optionNames<LTCScanOptions>({
  x: true,
  state: true,
  weights: true,
  wiring: true,
  odeUnfolds: true,
  epsilon: true,
  implicitConstraints: true,
  resets: true,
  mask: true,
  elapsed: true,
});

/**
 * Runs a liquid time-constant cell over a sequence, as one operation with its own gradient (Hasani et al.,
 * "Liquid time-constant networks", 2021). Differentiable in `x`, `state`, `elapsed` and all weights.
 *
 * @returns outputs `[batch, time, outputs]`, the mapped potentials of the motor neurons, and the potentials after
 *   the last step `[batch, units]`
 * @throws ShapeError when the shapes of the tensors do not match, or the sequence is empty
 * @throws InvalidArgumentError for an invalid number, including elapsed times in numbers or arrays that are negative
 *   or NaN
 *
 * @example
 * ```ts
 * const wiring = new AutoNCP({ units: 16, outputSize: 4 }).build(8);
 * const { outputs, state } = ltcScan({ x, state: tf.zeros([batch, 16]), weights, wiring });
 * ```
 */
export function ltcScan(options: LTCScanOptions): CfCScanResult {
  checkOptions("ltcScan", options, names);
  const { weights, wiring, implicitConstraints = true } = options;
  const odeUnfolds = checkUnfolds(options.odeUnfolds ?? 6);
  const epsilon = checkEpsilon(options.epsilon ?? 1e-8);
  checkLTCScan(options);
  return tf.tidy(() => {
    const chosen = { ...options, odeUnfolds, epsilon, implicitConstraints };
    const fused = hasScanKernel("LTCScan", sizeOf(chosen));
    const { potentials, last } = fused ? fusedScan(chosen) : arrayScan(chosen);
    return { outputs: fromPotentials(potentials, weights, wiring), state: last };
  });
}

type ChosenOptions = LTCScanOptions &
  Required<Pick<LTCScanOptions, "odeUnfolds" | "epsilon" | "implicitConstraints">>;

function sizeOf({ x, wiring: { units, inputDim }, odeUnfolds }: ChosenOptions): ScanSize {
  const [batch, steps] = x.shape;
  return { batch, steps, units, widths: [inputDim, odeUnfolds * units] };
}

interface Potentials {
  /** Outputs `[batch, time, units]`. */
  potentials: tf.Tensor3D;
  /** State after the last step `[batch, units]`. */
  last: tf.Tensor2D;
}

function fusedScan(options: ChosenOptions): Potentials {
  const { x, state, weights, wiring, resets, mask, odeUnfolds, epsilon, implicitConstraints } = options;
  const [batch, steps] = x.shape;
  const times = elapsedSteps(options.elapsed, batch, steps);
  const inputs: Record<string, tf.Tensor | undefined> = {
    x: mapped(asFloat(x), weights.inputW, weights.inputB),
    state: asFloat(state),
  };
  for (const name of dynamicsNames) inputs[name] = weights[name];
  inputs.elapsed = typeof times === "number" ? undefined : times;
  inputs.resets = resets && asFloat(resets);
  inputs.mask = mask && asFloat(mask);
  const elapsed = typeof times === "number" ? times : 1;
  const { adjacency, sensoryAdjacency } = wiring;
  const settings = { odeUnfolds, epsilon, implicitConstraints, elapsed, adjacency, sensoryAdjacency };
  const [potentials, last] = runScan<LTCScanAttributes>("LTCScan", inputs, settings);
  return { potentials, last };
}

function arrayScan(options: ChosenOptions): Potentials {
  const { x, state, weights, wiring, resets, mask, odeUnfolds, epsilon, implicitConstraints } = options;
  const [batch, steps] = x.shape;
  const times = elapsedRows(options.elapsed, batch, steps);
  const rows = ltcOperation(
    {
      x: toRows(mapped(asFloat(x), weights.inputW, weights.inputB)),
      state: asFloat(state),
      weights,
      keep: resets && tf.sub<tf.Tensor2D>(constant(1), flags(resets, batch, steps)),
      mask: mask && flags(mask, batch, steps),
      elapsed: typeof times === "number" ? undefined : times,
    },
    { odeUnfolds, epsilon, implicitConstraints, elapsed: typeof times === "number" ? times : 1 },
    wiring,
  );
  const last = steps === 1 ? rows : tf.slice(rows, [(steps - 1) * batch, 0], [batch, wiring.units]);
  return { potentials: fromRows(rows, batch, steps), last };
}

function fromPotentials(
  potentials: tf.Tensor3D,
  weights: LTCWeights,
  { outputDim, units }: LTCSynapses,
): tf.Tensor3D {
  const motor = outputDim === units ? potentials : tf.slice(potentials, [0, 0, 0], [-1, -1, outputDim]);
  return mapped(motor, weights.outputW, weights.outputB);
}

/** Outputs `[rows, outputs]` for potentials `[rows, units]`. */
export function ltcReadout(
  potentials: tf.Tensor2D,
  { outputW, outputB }: Pick<LTCWeights, "outputW" | "outputB">,
  { outputDim, units }: LTCSynapses,
): tf.Tensor2D {
  const motor = outputDim === units ? potentials : tf.slice(potentials, [0, 0], [-1, outputDim]);
  return mapped(motor, outputW, outputB);
}

function mapped<T extends tf.Tensor>(x: T, factor?: tf.Tensor1D, shift?: tf.Tensor1D): T {
  const scaled = factor ? tf.mul<T>(x, factor) : x;
  return shift ? tf.add<T>(scaled, shift) : scaled;
}

function flags(x: tf.Tensor, batch: number, steps: number): tf.Tensor2D {
  return toRows(tf.reshape<tf.Rank.R3>(asFloat(x), [batch, steps, 1]));
}

function asFloat<T extends tf.Tensor>(x: T): T {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}
