/** Runs a CfC with mixed memory over a whole sequence, if the backend has a kernel for it. */

import * as tf from "@tensorflow/tfjs-core";
import { type CfCScanResult, type ChosenOptions, kernelCall } from "./cfc-scan.js";
import type { LstmWeights } from "./mixed-memory-step.js";
import { type MixedCfCScanAttributes, runScan } from "./scan-kernels.js";

/** Options of {@link mixedCfCScan}; the state `[batch, 2 * units]` contains the cell's and the LSTM's memory. */
export interface MixedCfCScanOptions extends ChosenOptions {
  /** Weights of the LSTM. */
  lstm: LstmWeights;
  /** Bias added to the forget gate. */
  forgetBias: number;
}

/**
 * Runs LSTM and CfC as one operation, with the LSTM's output in place of the CfC's state; the shapes have been
 * checked.
 */
export function mixedCfCScan({ lstm, forgetBias, ...options }: MixedCfCScanOptions): CfCScanResult {
  return tf.tidy(() => {
    const { inputs, attributes } = kernelCall(options);
    const { x, state, ...others } = inputs;
    const { kernel: lstmKernel, recurrentKernel: lstmRecurrent, bias: lstmBias } = lstm;
    const [outputs, last] = runScan<MixedCfCScanAttributes>(
      "MixedCfCScan",
      { x, state, lstmKernel, lstmRecurrent, lstmBias, ...others },
      { ...attributes, forgetBias },
    );
    return { outputs, state: last };
  });
}
