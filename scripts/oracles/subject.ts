/** A recorded case made runnable, whatever its kind. */

import * as tf from "@tensorflow/tfjs-core";
import type { Block } from "../../src/layers/block.js";
import { flatten, type OracleCase, type OracleParameter } from "./case.js";

/** Where one reference parameter lies in one weight of the layer. */
export interface Place {
  /** Name of the reference parameter. */
  parameter: string;
  /** Name of the layer's weight, without the layer's prefix. */
  weight: string;
  /** Whether the reference stores `[outputs, inputs]`. */
  transposed: boolean;
  /** Column at which it begins, for heads that lie side by side. */
  column: number;
}

/** The layer of a case with the recorded parameters. */
export interface Subject {
  /**
   * A recurrent layer whose `call([x, state?, elapsed?])` returns `[outputs, state]`; with mixed memory the state
   * is `[h | c]`.
   */
  layer: Block;
  /** One entry for each trainable parameter. */
  places: Place[];
  /** Whether the case comes from torch: its loss then also counts the final state. */
  torch: boolean;
}

/** Makes a case runnable, or says why that cannot be. */
export type Prepare = (oracle: OracleCase) => Subject | { unsupported: string };

// Names of the LSTM's parameters, in torch and in Keras.
const lstmNames: Record<string, string> = {
  "lstm.input_map.weight": "lstm/kernel",
  "lstm.input_map.bias": "lstm/bias",
  "lstm.recurrent_map.weight": "lstm/recurrent_kernel",
  "cell/input_kernel": "lstm/kernel",
  "cell/bias": "lstm/bias",
  "cell/recurrent_kernel": "lstm/recurrent_kernel",
};

/** Whether the parameters come from torch. */
export function isTorch({ params }: OracleCase): boolean {
  return Object.keys(params).every((name) => /^(rnn_cell|lstm|fc)\./.test(name));
}

/** Whether a case has mixed memory. */
export function hasMixedMemory({ params }: OracleCase): boolean {
  return Object.keys(params).some((name) => name in lstmNames);
}

/** The weight of a parameter of the LSTM of mixed memory. */
export function lstmPlace(parameter: string): Place | undefined {
  const weight = lstmNames[parameter];
  return weight ? { parameter, weight, transposed: parameter.endsWith(".weight"), column: 0 } : undefined;
}

/** Sets the weights of a built layer to the recorded parameters. */
export function setParameters(layer: Block, { params }: OracleCase, places: readonly Place[]): void {
  tf.tidy(() => {
    for (const [name, variable] of layer.variables) {
      const parts = places
        .filter(({ weight }) => name === `${layer.prefix}/${weight}`)
        .sort((a, b) => a.column - b.column)
        .map((place) => readParameter(params[place.parameter], place));
      if (parts.length === 0) throw new Error(`no recorded parameter for ${name}`);
      const whole = parts.length === 1 ? parts[0] : tf.concat(parts, -1);
      variable.assign(tf.reshape(whole, variable.shape));
    }
  });
}

/** A reference parameter in the layer's orientation: `[inputs, outputs]` or `[outputs]`. */
function readParameter({ shape, value }: OracleParameter, { transposed }: Place): tf.Tensor {
  const values = tf.tensor(flatten(value), shape, "float32");
  return transposed ? tf.transpose(values) : values;
}

/** The part of a layer's weight or gradient that belongs to a parameter, in the reference's orientation. */
export function takePart(weight: tf.Tensor, { column, transposed }: Place, shape: number[]): tf.Tensor {
  const columns = transposed ? shape[0] : shape[shape.length - 1];
  const part =
    weight.rank === 2 ? tf.slice(weight, [0, column], [-1, columns]) : tf.slice(weight, column, columns);
  return transposed ? tf.transpose(part) : part;
}
