/** Creates and initialises the LSTM weights of a cell with mixed memory. */

import type * as tf from "@tensorflow/tfjs-core";
import { checkInteger } from "../core/check-integer.js";
import type { CfCFlavour } from "../recurrent/ops/cfc-problem.js";
import type { LstmWeights } from "../recurrent/ops/mixed-memory-step.js";
import type { CreateVariable } from "./cfc-weights.js";

/**
 * Creates `lstm/kernel` (Glorot uniform), `lstm/recurrent_kernel` (orthogonal) and `lstm/bias` (uniform within
 * 0.1 in the torch flavour, zero in the tf flavour).
 *
 * @param size units of the LSTM
 */
export function createLstmWeights(
  flavour: CfCFlavour,
  inputSize: number,
  size: number,
  create: CreateVariable,
): LstmWeights {
  const columns = 4 * size;
  const rows = checkInteger("inputSize", inputSize);
  const kernel = create("lstm/kernel", { kind: "glorotUniform", shape: [rows, columns] });
  const recurrent = create("lstm/recurrent_kernel", { kind: "orthogonal", shape: [size, columns] });
  // The bound of torchUniform is 1 / sqrt(fanIn).
  const bias = create("lstm/bias", {
    kind: flavour === "torch" ? "torchUniform" : "zeros",
    shape: [columns],
    fanIn: 100,
  });
  return {
    kernel: kernel as tf.Tensor2D,
    recurrentKernel: recurrent as tf.Tensor2D,
    bias: bias as tf.Tensor1D,
  };
}
