/** A recorded case in runnable form. */

import * as tf from "@tensorflow/tfjs-core";
import { loadKerasWeights } from "../../src/bridges/keras.js";
import { kerasPlan } from "../../src/bridges/keras-plan.js";
import { loadTorchWeights } from "../../src/bridges/torch.js";
import { torchPlan } from "../../src/bridges/torch-plan.js";
import type { BridgedLayer, Place } from "../../src/bridges/weight-plan.js";
import { flatten, type OracleCase } from "./case.js";

/** The layer of a case with the recorded parameters. */
export interface Subject {
  /**
   * A recurrent layer whose `call([x, state?, elapsed?])` returns `[outputs, state]`; with mixed memory the state
   * is `[h | c]`.
   */
  layer: BridgedLayer;
  /** One entry for each trainable parameter. */
  places: Place[];
  /** Whether the case comes from torch: its loss then also counts the final state. */
  torch: boolean;
}

/** Prepares a case, or says why it is unsupported. */
export type Prepare = (oracle: OracleCase) => Subject | { unsupported: string };

/** Whether the parameters come from torch. */
export function isTorch({ params }: OracleCase): boolean {
  return Object.keys(params).every((name) => /^(rnn_cell|lstm|fc)\./.test(name));
}

/** Whether a case has mixed memory. */
export function hasMixedMemory({ params }: OracleCase): boolean {
  return Object.keys(params).some((name) => /^(lstm\.|cell\/input_kernel$)/.test(name));
}

/** Sets the weights of a built layer to the recorded parameters, and returns the place of each of them. */
export function loadParameters(layer: BridgedLayer, oracle: OracleCase): Subject {
  const torch = isTorch(oracle);
  const arrays = new Map(
    Object.entries(oracle.params).map(([name, { shape, value }]) => [
      name,
      { shape, data: Float32Array.from(flatten(value)) },
    ]),
  );
  (torch ? loadTorchWeights : loadKerasWeights)(layer, arrays);
  return { layer, places: (torch ? torchPlan : kerasPlan)(layer).places, torch };
}

/** The part of a weight's gradient that belongs to a parameter, in the reference's orientation. */
export function takePart(weight: tf.Tensor, { column, transposed, shape }: Place): tf.Tensor {
  const columns = transposed ? shape[0] : shape[shape.length - 1];
  const part =
    weight.rank === 2 ? tf.slice(weight, [0, column], [-1, columns]) : tf.slice(weight, column, columns);
  return transposed ? tf.transpose(part) : part;
}
