/** Computes one step of a cell as a sequence of length one. */

import * as tf from "@tensorflow/tfjs-core";
import { ShapeError } from "../core/errors.js";
import type { Elapsed } from "../recurrent/ops/sequence-rows.js";
import type { CellStep, SequenceCell, StepOptions } from "./recurrent-cell.js";

/**
 * Steps a cell through its scan.
 *
 * @param x `[batch, features]` · @param state `[batch, stateSize]`
 * @throws ShapeError when `x` has another rank
 */
export function stepByScan(
  cell: SequenceCell,
  x: tf.Tensor2D,
  state: tf.Tensor2D,
  elapsed?: Elapsed,
  options?: StepOptions,
): CellStep {
  if (x.shape.length !== 2) throw new ShapeError("x", "[batch, features]", x.shape);
  const [batch, features] = x.shape;
  return tf.tidy(() => {
    const sequence = tf.reshape<tf.Rank.R3>(x, [batch, 1, features]);
    const { outputs, state: next } = cell.scan({ ...options, x: sequence, state, elapsed });
    return { output: tf.reshape<tf.Rank.R2>(outputs, [batch, cell.outputSize]), state: next };
  });
}
