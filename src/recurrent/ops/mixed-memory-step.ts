/** LSTM step of a cell with mixed memory. */

import * as tf from "@tensorflow/tfjs-core";
import { constant } from "./constants.js";

/** Weights of an LSTM with `F` inputs and `S` units; columns `input | input gate | forget gate | output gate`. */
export interface LstmWeights {
  /** Input kernel `[F, 4 S]`. */
  kernel: tf.Tensor2D;
  /** Recurrent kernel `[S, 4 S]`. */
  recurrentKernel: tf.Tensor2D;
  /** Bias `[4 S]`. */
  bias: tf.Tensor1D;
}

/** State of an LSTM, both `[batch, S]`. */
export interface LstmState {
  /** Output of the LSTM. */
  h: tf.Tensor2D;
  /** The memory cell. */
  c: tf.Tensor2D;
}

/**
 * Computes one step of an LSTM (Hochreiter and Schmidhuber 1997; forget gate of Gers et al. 2000):
 * `c' = c sigmoid(f + forgetBias) + tanh(i) sigmoid(ig)`, `h' = tanh(c') sigmoid(og)`.
 *
 * @param drive contribution of the inputs `x kernel + bias`, `[batch, 4 S]`
 */
export function lstmStep(
  drive: tf.Tensor2D,
  { h, c }: LstmState,
  recurrentKernel: tf.Tensor2D,
  forgetBias: number,
): LstmState {
  const z = tf.add(drive, tf.matMul(h, recurrentKernel));
  const [input, inputGate, forgetGate, outputGate] = tf.split(z, 4, 1) as tf.Tensor2D[];
  const kept = tf.mul(c, tf.sigmoid(tf.add(forgetGate, constant(forgetBias))));
  const memory = tf.add<tf.Tensor2D>(kept, tf.mul(tf.tanh(input), tf.sigmoid(inputGate)));
  return { h: tf.mul(tf.tanh(memory), tf.sigmoid(outputGate)), c: memory };
}
