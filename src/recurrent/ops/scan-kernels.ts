/**
 * The fused recurrent scans as kernels in tfjs's registry: what a backend has to register to run a whole
 * sequence, forward and backward, as one operation. A backend without these kernels runs the same scans composed
 * of tensor operations. Registering is sufficient: `registerKernel({ kernelName: "CfCScan", backendName, ... })`
 * and the same for `"CfCScanGrad"`; the gradient of the pair is registered here, once for all backends. A backend
 * that cannot run every scan says so by {@link ScanKernelFunction.accepts}; the scans it refuses are composed.
 *
 * **Calling.** The inputs are passed as an array, as for tfjs's `Concat`; `attrs.inputs` holds their names in the
 * same order. All are float32; those in brackets are present only if the scan has them. `B` sequences of `T` steps;
 * sequences are batch-major `[B, T, ...]`.
 *
 * **Forward.** Outputs are `[outputs, state, ...saved]`: the output of each step, the state after the last step
 * `[B, S]`, and any number (up to {@link mostSaved}) of tensors for the backward pass, whose shapes the
 * backend chooses. With `attrs.record` false there are no saved ones.
 *
 * **Backward.** `<name>Grad` gets all inputs of the forward kernel, then `dOutputs` and `dState` (gradients in the
 * shapes of the first two outputs), then the saved tensors, and the same attributes. Its outputs are the gradients
 * named by {@link gradientNames}, in that order, each in the shape of its input; `delta` is the gradient of the first
 * layer's pre-activations `[B, T, W]`, from which the gradient of `x` is computed if it is needed.
 *
 * **Steps.** Where `resets[b, t]` is not 0 the state is cleared before step `t`, and no gradient passes. Where
 * `mask[b, t]` is 0 the step is skipped: the (possibly cleared) state is carried over and is the output; inputs of
 * such a step and weights get no gradient from it.
 *
 * **CfCScan.** Inputs `x [B, T, F]`, `state [B, U]`, `kernel0 [F + U, K]`, `bias0 [K]`, `kernel1`, `bias1`, ... (the
 * backbone, and last the heads `f | g | a | c`, see `CfCWeights`), `[wTau [U]]`, `[a [U]]`, `[elapsed [B, T]]`,
 * `[resets [B, T]]`, `[mask [B, T]]`, `[dropout0 [B, T, K]]`, ... (factors on the activations of backbone layers).
 * Outputs `[B, T, U]`. Formulas: `CfCMode`, `CfCFlavour`.
 *
 * **WiredCfCScan.** One CfC without backbone for each layer of neurons; layer `l` takes the states of layer `l - 1`
 * of the same step. Inputs `x`, `state [B, S]` (the layers' states side by side), and for each layer `kernel0`,
 * `bias0`, `factors0` (in the shape of the kernel; multiplied with it before use), in pure mode `wTau0`, `a0`; then
 * `kernel1`, ...; `[elapsed]`, `[resets]`, `[mask]`. Outputs are the states of the last layer `[B, T, U]`.
 *
 * **MixedCfCScan.** A CfC with an LSTM whose output it consumes in place of its state (`lstmStep`). Inputs `x`,
 * `state [B, 2 U]` (the cell's state and the LSTM's memory side by side), `lstmKernel [F, 4 U]`,
 * `lstmRecurrent [U, 4 U]`, `lstmBias [4 U]`, then those of `CfCScan` from `kernel0` on. Outputs `[B, T, U]`. The last
 * gradient is `lstmDelta`, that of the gates' pre-activations `[B, T, 4 U]`.
 *
 * **LTCScan.** Inputs `x [B, T, I]` (mapped), `state [B, U]`, the weights in the order of `dynamicsNames`,
 * `[elapsed]`, `[resets]`, `[mask]`. Outputs are the potentials `[B, T, U]`. Only synapses with an entry other
 * than 0 in `attrs.adjacency` and `attrs.sensoryAdjacency` act; the others' gradients are 0. Formula: `ltcForward`.
 */

import * as tf from "@tensorflow/tfjs-core";
import type { CfCActivation } from "./activations.js";
import type { CfCFlavour, CfCMode } from "./cfc-problem.js";

/** Names of the forward kernels; each has a backward kernel whose name ends in `Grad`. */
export type ScanKernelName = "CfCScan" | "WiredCfCScan" | "MixedCfCScan" | "LTCScan";

/** Attributes common to all scans. */
export interface ScanAttributes {
  /** Names of the inputs, in order. */
  inputs: readonly string[];
  /** Elapsed time of every step, if there is no input `elapsed`. */
  elapsed: number;
  /** Whether a backward pass may follow, so that tensors must be saved for it. */
  record: boolean;
}

/** Attributes of `CfCScan` and `WiredCfCScan`. */
export interface CfCScanAttributes extends ScanAttributes {
  /** Formula of the cell; see {@link CfCMode}. */
  mode: CfCMode;
  /** Published model; see {@link CfCFlavour}. */
  flavour: CfCFlavour;
  /** Activation of the backbone. */
  activation: CfCActivation;
  /** Number of kernels: backbone layers and the heads, or layers of neurons. */
  layers: number;
}

/** Attributes of `MixedCfCScan`. */
export interface MixedCfCScanAttributes extends CfCScanAttributes {
  /** Bias added to the forget gate. */
  forgetBias: number;
}

/** Attributes of `LTCScan`. */
export interface LTCScanAttributes extends ScanAttributes {
  /** Solver steps per step of the sequence. */
  odeUnfolds: number;
  /** Added to the denominator of each solver step. */
  epsilon: number;
  /** Whether `gleak`, `cm`, `w` and `sensoryW` pass through softplus. */
  implicitConstraints: boolean;
  /** Adjacency matrix `[U * U]`, row source, column destination. */
  adjacency: Int8Array;
  /** Sensory adjacency matrix `[I * U]`. */
  sensoryAdjacency: Int8Array;
}

/** Maximum number of tensors that a forward kernel may save. */
const mostSaved = 16;

/** Inputs without gradient. */
const constants = /^(resets|mask|(dropout|factors)\d+)$/;

/** Names of the gradients that a backward kernel returns, in order. */
export function gradientNames(kernel: ScanKernelName, { inputs }: ScanAttributes): string[] {
  const names = inputs.filter((name) => !constants.test(name));
  if (kernel === "LTCScan") return names;
  const returned = names.map((name) => (name === "x" ? "delta" : name));
  return kernel === "MixedCfCScan" ? [...returned, "lstmDelta"] : returned;
}

/** Sizes of a scan. */
export interface ScanSize {
  /** Number of sequences. */
  batch: number;
  /** Number of steps per sequence. */
  steps: number;
  /** Size of the state. */
  units: number;
  /**
   * Number of outputs of each layer; for an LTC the number of inputs, and of potentials of all solver steps of one
   * step.
   */
  widths: readonly number[];
}

/** Optional properties of a scan's forward kernel function. */
export interface ScanKernelFunction {
  /** Whether the kernel can run scans of this size; if missing, all. */
  accepts?(size: ScanSize): boolean;
}

/** Whether the active backend has its own kernels for a scan, of this size if one is given. */
export function hasScanKernel(name: ScanKernelName, size?: ScanSize): boolean {
  const kernel = tf.getKernel(name, tf.getBackend());
  if (!kernel) return false;
  const { accepts } = kernel.kernelFunc as ScanKernelFunction;
  return size === undefined || accepts === undefined || accepts(size);
}

/**
 * Runs a scan on the kernels of the active backend.
 *
 * @param inputs inputs by name, in the order of the contract; `undefined` ones are omitted
 * @returns the output of each step, and the state after the last step
 */
export function runScan<A extends ScanAttributes>(
  name: ScanKernelName,
  inputs: Record<string, tf.Tensor | undefined>,
  attributes: Omit<A, "inputs" | "record">,
): [tf.Tensor3D, tf.Tensor2D] {
  registerScanGradients();
  const names = Object.keys(inputs).filter((key) => inputs[key] !== undefined);
  const record = tf.engine().state.gradientDepth > 0;
  const attrs = { ...attributes, inputs: names, record } as unknown as tf.NamedAttrMap;
  const [outputs, state] = runKernel(
    name,
    names.map((key) => inputs[key] as tf.Tensor),
    attrs,
  );
  return [outputs as tf.Tensor3D, state as tf.Tensor2D];
}

function runKernel(name: string, inputs: tf.Tensor[], attrs: tf.NamedAttrMap): tf.Tensor[] {
  return tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attrs) as tf.Tensor[];
}

function registerScanGradients(): void {
  for (const kernelName of ["CfCScan", "WiredCfCScan", "MixedCfCScan", "LTCScan"] as const) {
    if (tf.getGradient(kernelName)) continue;
    tf.registerGradient({
      kernelName,
      saveAllInputs: true,
      outputsToSave: new Array(2 + mostSaved).fill(true),
      gradFunc: (dy, saved, attrs) => gradientsOf(kernelName, dy as tf.Tensor[], saved, attrs),
    });
  }
}

// All gradients come from one kernel, at once; that of a CfC's inputs, one more product, is only computed if needed.
function gradientsOf(kernel: ScanKernelName, dy: tf.Tensor[], saved: tf.Tensor[], attrs: tf.NamedAttrMap) {
  const { inputs: names } = attrs as unknown as ScanAttributes;
  const inputs = saved.slice(0, names.length);
  const [dOutputs, dState] = dy;
  const given = [...inputs, dOutputs, dState, ...saved.slice(names.length + 2)];
  const results = runKernel(`${kernel}Grad`, given, attrs);
  const returned = gradientNames(kernel, attrs as unknown as ScanAttributes);
  const gradients: Record<string, () => tf.Tensor> = {};
  names.forEach((name, i) => {
    const at = returned.indexOf(name);
    if (at >= 0) gradients[i] = () => results[at];
    else if (name === "x") gradients[i] = () => inputGradient(results, inputs, names);
    else gradients[i] = () => tf.zerosLike(inputs[i]);
  });
  return gradients;
}

function inputGradient(results: tf.Tensor[], inputs: tf.Tensor[], names: readonly string[]): tf.Tensor {
  const named = (name: string) => inputs[names.indexOf(name)];
  const x = inputs[0];
  const delta = results[0];
  const [features, width] = [x.shape[2] as number, delta.shape[2] as number];
  const part = (weight: tf.Tensor) => tf.slice(weight, [0, 0], [features, width]);
  const kernel = part(named("kernel0"));
  const factors = named("factors0");
  const effective = factors ? tf.mul(kernel, part(factors)) : kernel;
  const gradient = backThrough(delta, effective);
  const lstm = named("lstmKernel");
  const whole = lstm ? tf.add(gradient, backThrough(results[results.length - 1], lstm)) : gradient;
  return tf.reshape(whole, x.shape);
}

function backThrough(delta: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  return tf.matMul(tf.reshape(delta, [-1, kernel.shape[1] as number]), kernel, false, true);
}
