/** Shape checks shared by all cells that run over sequences. */

import type * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";
import type { SequenceOptions } from "./recurrent-cell.js";

/**
 * Checks a sequence against the sizes of a cell.
 *
 * @param features size of one input · @param stateSize size of one state
 * @throws ShapeError naming the tensor that does not match
 */
export function checkSequence(options: SequenceOptions, features: number, stateSize: number): void {
  const { x, state, resets, mask } = options;
  const [batch, steps] = x.shape;
  if (x.shape.length !== 3 || x.shape[2] !== features || steps === 0) {
    throw new ShapeError("x", `[batch, time, ${features}] with at least one step`, x.shape);
  }
  expect("state", state, [batch, stateSize]);
  if (resets) expect("resets", resets, [batch, steps]);
  if (mask) expect("mask", mask, [batch, steps]);
}

function expect(argument: string, { shape }: tf.Tensor, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis])) return;
  throw new ShapeError(argument, `[${expected.join(", ")}]`, shape);
}
