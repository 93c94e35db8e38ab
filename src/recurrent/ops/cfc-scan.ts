/** Runs a CfC cell over a whole sequence. */

import * as tf from "@tensorflow/tfjs-core";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { activationRule, type CfCActivation } from "./activations.js";
import { cfcOperation } from "./cfc-operation.js";
import type { CfCFlavour, CfCMode, CfCWeights } from "./cfc-problem.js";
import { checkScan } from "./check-scan.js";
import { constant } from "./constants.js";
import { type CfCScanAttributes, hasScanKernel, runScan, type ScanSize } from "./scan-kernels.js";
import { type Elapsed, elapsedRows, elapsedSteps, fromRows, toRows } from "./sequence-rows.js";

/** Options of {@link cfcScan}. */
export interface CfCScanOptions {
  /** Inputs `[batch, time, features]`. */
  x: tf.Tensor3D;
  /** State before the first step `[batch, units]`. */
  state: tf.Tensor2D;
  /** Weights of the cell. */
  weights: CfCWeights;
  /** Formula of the cell, default `"default"`. */
  mode?: CfCMode;
  /** Published model, default `"torch"`. */
  flavour?: CfCFlavour;
  /** Backbone activation, default `"lecun_tanh"`. */
  activation?: CfCActivation;
  /**
   * Resets `[batch, time]`: 1 where the state is cleared to zero before the step consumes it; no gradient flows back
   * through such a step. A step that is also masked carries the cleared state.
   */
  resets?: tf.Tensor;
  /** Mask `[batch, time]`: 0 where a step is skipped: the state is carried over unchanged and is the output. */
  mask?: tf.Tensor;
  /**
   * Elapsed time of each step: one number, or `[batch]` or `[batch, time]` as arrays or as a differentiable
   * tensor, which may also be `[batch, time, 1]`. Default 1.
   */
  elapsed?: Elapsed;
  /**
   * Dropout factors of each backbone layer's activations, `[batch, time, width]`: 0 where a unit is dropped,
   * `1 / (1 - rate)` elsewhere. `undefined` for a layer without dropout; default no dropout.
   */
  dropout?: readonly (tf.Tensor3D | undefined)[];
}

const names = optionNames<CfCScanOptions>({
  x: true,
  state: true,
  weights: true,
  mode: true,
  flavour: true,
  activation: true,
  resets: true,
  mask: true,
  elapsed: true,
  dropout: true,
});

/** Result of {@link cfcScan}. */
export interface CfCScanResult {
  /** State after each step `[batch, time, units]`. */
  outputs: tf.Tensor3D;
  /** State after the last step `[batch, units]`. */
  state: tf.Tensor2D;
}

/**
 * Runs a CfC cell over a sequence, as one operation with its own gradient (Hasani et al., "Closed-form
 * continuous-time neural networks", 2022). Differentiable in `x`, `state`, `elapsed` and all weights.
 *
 * @throws ShapeError when the shapes of the tensors do not match, or the sequence is empty
 * @throws InvalidArgumentError for unknown names and for elapsed times in numbers or arrays that are negative or NaN
 *
 * @example
 * ```ts
 * const { outputs, state } = cfcScan({ x, state: tf.zeros([batch, units]), weights });
 * ```
 */
export function cfcScan(options: CfCScanOptions): CfCScanResult {
  checkOptions("cfcScan", options, names);
  const { mode = "default", flavour = "torch", activation = "lecun_tanh" } = options;
  activationRule(activation);
  const chosen = { ...options, mode, flavour, activation };
  checkScan(chosen);
  const fused = hasScanKernel("CfCScan", sizeOf(options));
  return tf.tidy(() => ({ ...(fused ? fusedScan(chosen) : composedScan(chosen)) }));
}

/** Options of {@link cfcScan} except those that have defaults. */
export type ChosenOptions = CfCScanOptions &
  Required<Pick<CfCScanOptions, "mode" | "flavour" | "activation">>;

function sizeOf({ x, state, weights }: CfCScanOptions): ScanSize {
  const [batch, steps] = x.shape;
  const widths = [...weights.backbone, weights.heads].map(({ bias }) => bias.shape[0]);
  return { batch, steps, units: state.shape[1], widths };
}

function fusedScan(options: ChosenOptions): CfCScanResult {
  const { inputs, attributes } = kernelCall(options);
  const [outputs, last] = runScan<CfCScanAttributes>("CfCScan", inputs, attributes);
  return { outputs, state: last };
}

/** Inputs and attributes of the kernel `CfCScan`. Call inside `tf.tidy`. */
export function kernelCall(options: ChosenOptions): KernelCall {
  const { x, state, weights, resets, mask, mode, flavour, activation } = options;
  const [batch, steps] = x.shape;
  const times = elapsedSteps(options.elapsed, batch, steps);
  const inputs: Record<string, tf.Tensor | undefined> = { x: asFloat(x), state: asFloat(state) };
  const layers = [...weights.backbone, weights.heads];
  layers.forEach(({ kernel, bias }, i) => {
    inputs[`kernel${i}`] = kernel;
    inputs[`bias${i}`] = bias;
  });
  if (mode === "pure") Object.assign(inputs, { wTau: weights.wTau, a: weights.a });
  inputs.elapsed = typeof times === "number" ? undefined : times;
  Object.assign(inputs, { resets: resets && asFloat(resets), mask: mask && asFloat(mask) });
  options.dropout?.forEach((factors, i) => {
    inputs[`dropout${i}`] = factors;
  });
  const elapsed = typeof times === "number" ? times : 1;
  return { inputs, attributes: { mode, flavour, activation, layers: layers.length, elapsed } };
}

interface KernelCall {
  inputs: Record<string, tf.Tensor | undefined>;
  attributes: Omit<CfCScanAttributes, "inputs" | "record">;
}

function composedScan(options: ChosenOptions): CfCScanResult {
  const { x, state, weights, resets, mask, mode, flavour } = options;
  const [batch, steps] = x.shape;
  const units = state.shape[1];
  const times = elapsedRows(options.elapsed, batch, steps);
  const outputs = cfcOperation(
    {
      x: toRows(asFloat(x)),
      state: asFloat(state),
      layers: [...weights.backbone, weights.heads],
      wTau: weights.wTau,
      a: weights.a,
      keep: resets && tf.sub<tf.Tensor2D>(constant(1), flagRows(resets, batch, steps)),
      mask: mask && flagRows(mask, batch, steps),
      dropout: options.dropout?.map((factors) => factors && toRows(factors)),
      elapsed: typeof times === "number" ? undefined : times,
    },
    {
      mode,
      flavour,
      activation: activationRule(options.activation),
      elapsed: typeof times === "number" ? times : 1,
    },
  );
  const last = steps === 1 ? outputs : tf.slice(outputs, [(steps - 1) * batch, 0], [batch, units]);
  return { outputs: fromRows(outputs, batch, steps), state: last };
}

/** Converts `[batch, time]` of any type to time-major float rows `[time * batch, 1]`. */
export function flagRows(x: tf.Tensor, batch: number, steps: number): tf.Tensor2D {
  return toRows(tf.reshape<tf.Rank.R3>(asFloat(x), [batch, steps, 1]));
}

/** Returns the tensor itself if it is float32, otherwise a float32 copy. */
export function asFloat<T extends tf.Tensor>(x: T): T {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}
