/** Hand-derived backward pass of the CfC scan. */

import * as tf from "@tensorflow/tfjs-core";
import { type CfCTrace, countSteps, joinSteps, splitKernel, splitSteps } from "./cfc-forward.js";
import { type HeadGradients, headGradients, headSlopes } from "./cfc-head-slopes.js";
import type { LinearWeights, ScanSettings, ScanTensors, Steps } from "./cfc-problem.js";
import { columnSum } from "./column-sum.js";
import { constant } from "./constants.js";

/** Gradients of all inputs of a scan, in the shapes of the inputs. */
export interface CfCGradients extends HeadGradients {
  /** Gradient of the inputs `[rows, features]`. */
  x: tf.Tensor2D;
  /** Gradient of the initial state `[batch, units]`. */
  state: tf.Tensor2D;
  /** Gradients of the backbone layers' weights and, last, of the heads'. */
  layers: LinearWeights[];
}

/**
 * Computes all gradients from those of the outputs. Everything that does not depend on the incoming gradient is
 * computed for all steps at once before the loop, all weight gradients after it; the loop contains only the recurrence.
 *
 * @param dOutputs gradient of the outputs `[rows, units]`
 */
export function cfcBackward(
  dOutputs: tf.Tensor2D,
  trace: CfCTrace,
  tensors: ScanTensors,
  settings: ScanSettings,
): CfCGradients {
  const { layers, x, state } = tensors;
  const units = state.shape[1];
  const deltas = sweep(dOutputs, trace, tensors, settings);
  const layerGradients = layers.map((_, layer): LinearWeights => {
    const delta = deltas.layers[layer];
    const bias = columnSum(delta);
    if (layer > 0) return { kernel: tf.matMul(trace.activated[layer - 1], delta, true), bias };
    const inputPart = tf.matMul(x, delta, true);
    const statePart = tf.matMul(trace.consumed, delta, true);
    return { kernel: tf.concat2d([inputPart as tf.Tensor2D, statePart as tf.Tensor2D], 0), bias };
  });
  const [inputKernel] = splitKernel(layers[0].kernel, units);
  return {
    x: tf.matMul(deltas.layers[0], inputKernel, false, true),
    state: deltas.state,
    layers: layerGradients,
    ...headGradients(trace, tensors, settings, deltas.outputs, deltas.layers[layers.length - 1]),
  };
}

/** Gradients inside the recurrence, with the steps stacked as rows. */
interface Deltas {
  /** Gradient of each layer's pre-activations `[rows, size]`. */
  layers: tf.Tensor2D[];
  /** Gradient of each step's next state `[rows, units]`; only in pure mode. */
  outputs?: tf.Tensor2D;
  /** Gradient of the state before the first step `[batch, units]`. */
  state: tf.Tensor2D;
}

function sweep(dOutputs: tf.Tensor2D, trace: CfCTrace, tensors: ScanTensors, settings: ScanSettings): Deltas {
  const { layers, keep, mask } = tensors;
  const [batch, units] = tensors.state.shape;
  const steps = countSteps(tensors);
  const headSize = layers[layers.length - 1].bias.shape[0];
  const heads = headSize / units;
  const headSteps = splitSteps(headSlopes(trace, tensors, settings), steps);
  const slopeSteps = backboneSlopes(trace, tensors, settings).map((slopes) => splitSteps(slopes, steps));
  const transposed = layers.map(({ kernel }, layer) =>
    tf.transpose(layer === 0 ? splitKernel(kernel, units)[1] : kernel),
  );
  const keeps = keep && splitSteps(keep, steps);
  const skips = mask && splitSteps(tf.sub(constant(1), mask), steps);
  const dOutputSteps = splitSteps(dOutputs, steps);
  const deltas = layers.map((): Steps => new Array(steps));
  const dNext: Steps = new Array(steps);
  let dState: tf.Tensor2D | undefined;
  for (let step = steps - 1; step >= 0; step--) {
    const d: tf.Tensor2D = dState ? tf.add(dState, dOutputSteps[step]) : dOutputSteps[step];
    dNext[step] = d;
    // One gradient of the state is multiplied with the slopes of all heads: [batch, 1, units] times [batch, heads,
    // units].
    const spread = tf.mul(
      tf.reshape(d, [batch, 1, units]),
      tf.reshape(headSteps[step], [batch, heads, units]),
    );
    let delta: tf.Tensor2D = tf.reshape(spread, [batch, headSize]);
    for (let layer = layers.length - 1; layer > 0; layer--) {
      deltas[layer][step] = delta;
      delta = tf.mul(tf.matMul(delta, transposed[layer]), slopeSteps[layer - 1][step]);
    }
    deltas[0][step] = delta;
    dState = tf.matMul<tf.Tensor2D>(delta, transposed[0]);
    if (skips) dState = tf.add<tf.Tensor2D>(dState, tf.mul(d, skips[step]));
    if (keeps) dState = tf.mul<tf.Tensor2D>(dState, keeps[step]);
  }
  return {
    layers: deltas.map(joinSteps),
    outputs: settings.mode === "pure" ? joinSteps(dNext) : undefined,
    state: dState as tf.Tensor2D,
  };
}

function backboneSlopes(
  { activated, preActivated }: CfCTrace,
  { dropout }: ScanTensors,
  { activation }: ScanSettings,
): tf.Tensor2D[] {
  return activated.map((input, layer) => {
    const slope = activation.slope(preActivated[layer] ?? input);
    const factors = dropout?.[layer];
    return factors ? tf.mul(slope, factors) : slope;
  });
}
