/** Runs a wired CfC over a whole sequence, if the backend has a kernel for it. */

import * as tf from "@tensorflow/tfjs-core";
import type { CfCFlavour, CfCMode, CfCWeights } from "./cfc-problem.js";
import { asFloat, type CfCScanOptions, type CfCScanResult } from "./cfc-scan.js";
import { type CfCScanAttributes, runScan } from "./scan-kernels.js";
import { elapsedSteps } from "./sequence-rows.js";

/** Options of {@link wiredCfCScan}. */
export interface WiredCfCScanOptions
  extends Pick<CfCScanOptions, "x" | "state" | "resets" | "mask" | "elapsed"> {
  /** Formula of the cell; see {@link CfCMode}. */
  mode: CfCMode;
  /** Published model; see {@link CfCFlavour}. */
  flavour: CfCFlavour;
  /** Weights of each layer of neurons, without backbone, and the sparsity mask of its heads' kernel. */
  layers: readonly { weights: CfCWeights; mask: tf.Tensor2D }[];
}

/**
 * Runs one CfC for each layer of neurons as one operation; the shapes have been checked. The state contains the
 * layers side by side.
 *
 * @returns the states of the last layer after each step `[batch, time, units]`, and the last state of all
 */
export function wiredCfCScan(options: WiredCfCScanOptions): CfCScanResult {
  const { x, state, mode, flavour, layers, resets, mask } = options;
  const [batch, steps] = x.shape;
  return tf.tidy(() => {
    const times = elapsedSteps(options.elapsed, batch, steps);
    const inputs: Record<string, tf.Tensor | undefined> = { x: asFloat(x), state: asFloat(state) };
    layers.forEach(({ weights, mask: factors }, i) => {
      inputs[`kernel${i}`] = weights.heads.kernel;
      inputs[`bias${i}`] = weights.heads.bias;
      inputs[`factors${i}`] = factors;
      if (mode !== "pure") return;
      inputs[`wTau${i}`] = weights.wTau;
      inputs[`a${i}`] = weights.a;
    });
    inputs.elapsed = typeof times === "number" ? undefined : times;
    inputs.resets = resets && asFloat(resets);
    inputs.mask = mask && asFloat(mask);
    const elapsed = typeof times === "number" ? times : 1;
    const attributes = { mode, flavour, activation: "tanh" as const, layers: layers.length, elapsed };
    const [outputs, last] = runScan<CfCScanAttributes>("WiredCfCScan", inputs, attributes);
    return { outputs, state: last };
  });
}
