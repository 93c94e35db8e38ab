/** Shape checks of an LTC scan; they only use shapes and never read a tensor back. */

import type * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";
import { dynamicsNames, type LTCSynapses, type LTCWeights } from "./ltc-problem.js";

/** Arguments of {@link checkLTCScan}. */
export interface CheckedLTCScan {
  /** Inputs `[batch, time, features]`. */
  x: tf.Tensor3D;
  /** State `[batch, units]`. */
  state: tf.Tensor2D;
  /** Weights, which must match both. */
  weights: LTCWeights;
  /** Synapses, which must match all. */
  wiring: LTCSynapses;
  /** Resets `[batch, time]`. */
  resets?: tf.Tensor;
  /** Mask `[batch, time]`. */
  mask?: tf.Tensor;
}

/**
 * Checks that the arguments of a scan match each other.
 *
 * @throws ShapeError naming the tensor that does not match
 */
export function checkLTCScan({ x, state, weights, wiring, resets, mask }: CheckedLTCScan): void {
  if (x.shape.length !== 3) throw new ShapeError("x", "[batch, time, features]", x.shape);
  const [batch, steps, features] = x.shape;
  const { units, inputDim, outputDim } = wiring;
  if (steps === 0) throw new ShapeError("x", "[batch, time, features] with at least one step", x.shape);
  if (features !== inputDim) {
    throw new ShapeError("x", `[batch, time, ${inputDim}], as the wiring was built`, x.shape);
  }
  expect("state", state, [batch, units]);
  for (const name of dynamicsNames) {
    const rows = name.startsWith("sensory") ? inputDim : units;
    const vector = name === "gleak" || name === "vleak" || name === "cm";
    expect(`weights.${name}`, weights[name], vector ? [units] : [rows, units]);
  }
  for (const name of ["inputW", "inputB"] as const) {
    if (weights[name]) expect(`weights.${name}`, weights[name], [inputDim]);
  }
  for (const name of ["outputW", "outputB"] as const) {
    if (weights[name]) expect(`weights.${name}`, weights[name], [outputDim]);
  }
  if (resets) expect("resets", resets, [batch, steps]);
  if (mask) expect("mask", mask, [batch, steps]);
}

/** @throws InvalidArgumentError when the number is not an integer of at least 1 */
export function checkUnfolds(odeUnfolds: number): number {
  if (Number.isInteger(odeUnfolds) && odeUnfolds >= 1) return odeUnfolds;
  throw new InvalidArgumentError("odeUnfolds", `expected an integer of at least 1, received ${odeUnfolds}`);
}

/** @throws InvalidArgumentError when the number is not finite, or less than 0 */
export function checkEpsilon(epsilon: number): number {
  if (Number.isFinite(epsilon) && epsilon >= 0) return epsilon;
  throw new InvalidArgumentError("epsilon", `expected a finite number of at least 0, received ${epsilon}`);
}

function expect(argument: string, { shape }: tf.Tensor, expected: readonly number[]): void {
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
    throw new ShapeError(argument, `[${expected.join(", ")}]`, shape);
  }
}
