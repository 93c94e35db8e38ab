/** Shape checks of a CfC scan; they only use shapes and names and never read a tensor back. */

import type * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";
import type { CfCFlavour, CfCMode, CfCWeights } from "./cfc-problem.js";

/** Names of all modes. */
export const cfcModes: readonly CfCMode[] = ["default", "pure", "no_gate"];

/** Names of all flavours. */
export const cfcFlavours: readonly CfCFlavour[] = ["torch", "tf"];

/** Arguments of {@link checkScan}. */
export interface CheckedScan {
  /** Inputs `[batch, time, features]`. */
  x: tf.Tensor3D;
  /** State `[batch, units]`. */
  state: tf.Tensor2D;
  /** Weights, which must match both. */
  weights: CfCWeights;
  /** Mode, one of {@link cfcModes}. */
  mode: CfCMode;
  /** Flavour, one of {@link cfcFlavours}. */
  flavour: CfCFlavour;
  /** Resets `[batch, time]`. */
  resets?: tf.Tensor;
  /** Mask `[batch, time]`. */
  mask?: tf.Tensor;
}

/**
 * Checks that the arguments of a scan match each other.
 *
 * @throws ShapeError naming the tensor that does not match
 * @throws InvalidArgumentError for an unknown mode or flavour, or weights of a different mode
 */
export function checkScan({ x, state, weights, mode, flavour, resets, mask }: CheckedScan): void {
  checkName("mode", mode, cfcModes);
  checkName("flavour", flavour, cfcFlavours);
  if (x.shape.length !== 3) throw new ShapeError("x", "[batch, time, features]", x.shape);
  const [batch, steps, features] = x.shape;
  if (steps === 0) throw new ShapeError("x", "[batch, time, features] with at least one step", x.shape);
  const heads = mode === "pure" ? 1 : 4;
  const units = weights.heads.bias.shape[0] / heads;
  expect("state", state, [batch, units]);
  let size = features + units;
  weights.backbone.forEach(({ kernel, bias }, i) => {
    expect(`weights.backbone[${i}].kernel`, kernel, [size, bias.shape[0]]);
    size = bias.shape[0];
  });
  expect("weights.heads.kernel", weights.heads.kernel, [size, heads * units]);
  if (mode === "pure") {
    if (!weights.wTau || !weights.a) {
      throw new InvalidArgumentError("weights", "pure mode needs wTau and a; pass them or another mode");
    }
    expect("weights.wTau", weights.wTau, [units]);
    expect("weights.a", weights.a, [units]);
  }
  if (resets) expect("resets", resets, [batch, steps]);
  if (mask) expect("mask", mask, [batch, steps]);
}

/** @throws InvalidArgumentError when the name is not in the list */
export function checkName<T extends string>(argument: string, name: T, names: readonly T[]): T {
  if (names.includes(name)) return name;
  throw new InvalidArgumentError(argument, `expected one of ${names.join(", ")}, received ${name}`);
}

function expect(argument: string, { shape }: tf.Tensor, expected: readonly number[]): void {
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis])) {
    throw new ShapeError(argument, `[${expected.join(", ")}]`, shape);
  }
}
