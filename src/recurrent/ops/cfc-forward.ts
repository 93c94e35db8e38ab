/** Forward pass of the CfC scan. */

import * as tf from "@tensorflow/tfjs-core";
import type { LinearWeights, ScanSettings, ScanTensors, Steps } from "./cfc-problem.js";
import { chooseRows } from "./choose-rows.js";
import { constant } from "./constants.js";

/** Values that the backward pass needs from the forward pass. */
export interface CfCTrace {
  /** State consumed by each step `[rows, units]`. */
  consumed: tf.Tensor2D;
  /** Input of each layer after the first `[rows, size]`: the activations of the backbone, after dropout. */
  activated: tf.Tensor2D[];
  /** Tensor that the slope of each backbone activation needs, if it is not the layer's input. */
  preActivated: (tf.Tensor2D | undefined)[];
  /** Parts of the head, by name, `[rows, units]`. */
  head: Record<string, tf.Tensor2D>;
}

/** Result of {@link cfcForward}. */
export interface CfCForward {
  /** State after each step `[rows, units]`. */
  outputs: tf.Tensor2D;
  /** Values for the backward pass, if requested. */
  trace?: CfCTrace;
}

/** Lists that grow by one tensor per step. */
interface Recording {
  consumed: Steps;
  activated: Steps[];
  preActivated: Steps[];
  head: Record<string, Steps>;
}

/** Computes all outputs; with `record`, keeps the values that {@link cfcBackward} needs. Call inside `tf.tidy`. */
export function cfcForward(tensors: ScanTensors, settings: ScanSettings, record: boolean): CfCForward {
  const { layers, state, elapsed, keep, mask } = tensors;
  const { activation } = settings;
  const steps = countSteps(tensors);
  const preActivate = firstLayer(tensors, steps);
  const keeps = keep && splitSteps(keep, steps);
  const masks = mask && splitSteps(mask, steps);
  const times = elapsed && splitSteps(elapsed, steps);
  const dropouts = tensors.dropout?.map((factors) => factors && splitSteps(factors, steps));
  const mix = headOf(tensors, settings);
  const backbone = layers.length - 1;
  const recording: Recording = {
    consumed: [],
    activated: Array.from({ length: backbone }, () => []),
    preActivated: Array.from({ length: backbone }, () => []),
    head: {},
  };
  const outputs: Steps = [];
  let h = state;
  for (let step = 0; step < steps; step++) {
    if (keeps) h = chooseRows(keeps[step], h);
    let u = preActivate(step, h);
    if (record) recording.consumed.push(h);
    for (let layer = 0; layer < backbone; layer++) {
      const factors = dropouts?.[layer]?.[step];
      const z = activation.apply(u);
      const input: tf.Tensor2D = factors ? tf.mul(z, factors) : z;
      if (record) {
        recording.activated[layer].push(input);
        if (activation.slopeFrom === "u") recording.preActivated[layer].push(u);
        else if (factors) recording.preActivated[layer].push(z);
      }
      u = affine(input, layers[layer + 1]);
    }
    const next = mix(u, times?.[step], record ? recording.head : undefined);
    h = masks ? chooseRows(masks[step], next, h) : next;
    outputs.push(h);
  }
  return { outputs: joinSteps(outputs), trace: record ? joinTrace(recording) : undefined };
}

/** Number of steps in the sequences. */
export function countSteps({ x, state }: ScanTensors): number {
  return x.shape[0] / state.shape[0];
}

/** Splits `[rows, size]` into one `[batch, size]` per step. */
export function splitSteps(rows: tf.Tensor2D, steps: number): Steps {
  return steps === 1 ? [rows] : (tf.split(rows, steps, 0) as Steps);
}

/** Stacks steps vertically to `[rows, size]`. */
export function joinSteps(steps: Steps): tf.Tensor2D {
  return steps.length === 1 ? steps[0] : tf.concat(steps, 0);
}

/** Splits the first kernel into the part for the inputs and the part for the state. */
export function splitKernel(kernel: tf.Tensor2D, units: number): [tf.Tensor2D, tf.Tensor2D] {
  return tf.split(kernel, [kernel.shape[0] - units, units], 0) as [tf.Tensor2D, tf.Tensor2D];
}

function affine(x: tf.Tensor2D, { kernel, bias }: LinearWeights): tf.Tensor2D {
  return tf.add(tf.matMul(x, kernel), bias);
}

// [x, h] kernel + bias. The inputs' product of all steps is one product before the loop; for a single step
// concatenating x and h is cheaper than splitting the kernel.
function firstLayer({ x, layers, state }: ScanTensors, steps: number): PreActivate {
  if (steps === 1) return (_, h) => affine(tf.concat2d([x, h], 1), layers[0]);
  const [inputKernel, stateKernel] = splitKernel(layers[0].kernel, state.shape[1]);
  const drives = splitSteps(affine(x, { kernel: inputKernel, bias: layers[0].bias }), steps);
  return (step, h) => tf.add(drives[step], tf.matMul(h, stateKernel));
}

type PreActivate = (step: number, h: tf.Tensor2D) => tf.Tensor2D;

type Mix = (u: tf.Tensor2D, time?: tf.Tensor2D, record?: Record<string, Steps>) => tf.Tensor2D;

function headOf(tensors: ScanTensors, settings: ScanSettings): Mix {
  if (settings.mode === "pure") return pureHead(tensors, settings);
  const bounded = settings.flavour === "torch";
  const gated = settings.mode === "default";
  const time = fixedTime(settings.elapsed);
  const blocks = headBlocks(tensors);
  return (u, stepTime, record) => {
    const [uf, ug, a, c] = tf.split(u, blocks, 1) as Steps;
    const f = bounded ? tf.tanh(uf) : uf;
    const g = bounded ? tf.tanh(ug) : ug;
    let gate = a; // the folded gate, if there is no c
    if (c) {
      const factor = stepTime ?? time;
      const slope = factor ? tf.mul<tf.Tensor2D>(a, factor) : a;
      gate = bounded ? tf.add(c, slope) : tf.sub(c, slope);
    }
    const s = tf.sigmoid(gate);
    if (record) append(record, stepTime ? { f, g, s, a } : { f, g, s });
    return tf.add(f, tf.mul(s, gated ? tf.sub(g, f) : g));
  };
}

function pureHead({ wTau, a }: ScanTensors, settings: ScanSettings): Mix {
  const rate = tf.neg(tf.abs(wTau!));
  const time = fixedTime(settings.elapsed);
  return (f, stepTime, record) => {
    const exponent: tf.Tensor2D = tf.sub(rate, tf.abs(f));
    const factor = stepTime ?? time;
    const decay = tf.exp(factor ? tf.mul<tf.Tensor2D>(exponent, factor) : exponent);
    if (record) append(record, { f, decay });
    return tf.mul(a!, tf.sub(constant(1), tf.mul(decay, f)));
  };
}

/** Number of heads: one in pure mode, three with a folded gate, otherwise four. */
export function headBlocks({ layers, state }: ScanTensors): number {
  return layers[layers.length - 1].bias.shape[0] / state.shape[1];
}

/** Factor for a fixed elapsed time; none for one unit of time. */
export function fixedTime(elapsed: number): tf.Scalar | undefined {
  return elapsed === 1 ? undefined : tf.scalar(elapsed);
}

function append(record: Record<string, Steps>, parts: Record<string, tf.Tensor2D>): void {
  for (const name in parts) {
    record[name] ??= [];
    record[name].push(parts[name]);
  }
}

function joinTrace({ consumed, activated, preActivated, head }: Recording): CfCTrace {
  return {
    consumed: joinSteps(consumed),
    activated: activated.map(joinSteps),
    preActivated: preActivated.map((steps) => (steps.length > 0 ? joinSteps(steps) : undefined)),
    head: Object.fromEntries(Object.entries(head).map(([name, steps]) => [name, joinSteps(steps)])),
  };
}
