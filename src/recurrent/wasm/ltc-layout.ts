/**
 * Converts an LTC to the layout of its compiled kernels: synapses as a list with their parameters, and the plan of a
 * pass.
 */

import { endsOf, type SynapseEnds, softplus } from "../ops/ltc-arrays.js";
import type { DynamicsName } from "../ops/ltc-problem.js";

/** The stored weights by name. */
export type LTCValues = Record<DynamicsName, Float32Array>;

/** Sizes and adjacency of one LTC. */
export interface LTCSizes {
  units: number;
  inputs: number;
  odeUnfolds: number;
  epsilon: number;
  implicitConstraints: boolean;
  /** Adjacency `[units * units]`. */
  adjacency: Int8Array;
  /** Sensory adjacency `[inputs * units]`. */
  sensoryAdjacency: Int8Array;
}

/** Both lists of synapses. */
export interface LTCEnds {
  inner: SynapseEnds;
  sensory: SynapseEnds;
}

/** Lists the existing synapses. */
export function ltcEnds({ adjacency, sensoryAdjacency, units }: LTCSizes): LTCEnds {
  return { inner: endsOf(adjacency, units), sensory: endsOf(sensoryAdjacency, units) };
}

/** Byte addresses of the parameters that {@link writeParameters} writes. */
export interface LTCParameters {
  neurons: number;
  innerFirst: number;
  innerSource: number;
  innerParameters: number;
  sensoryFirst: number;
  sensorySource: number;
  sensoryParameters: number;
}

/** Allocates memory for the parameters. */
export function placeParameters(
  { units }: LTCSizes,
  { inner, sensory }: LTCEnds,
  allocate: (words: number) => number,
): LTCParameters {
  return {
    neurons: allocate(4 * units),
    innerFirst: allocate(units + 1),
    innerSource: allocate(inner.place.length),
    innerParameters: allocate(4 * inner.place.length),
    sensoryFirst: allocate(units + 1),
    sensorySource: allocate(sensory.place.length),
    sensoryParameters: allocate(4 * sensory.place.length),
  };
}

/** Writes neurons and synapses into memory. */
export function writeParameters(
  buffer: ArrayBufferLike,
  sizes: LTCSizes,
  { inner, sensory }: LTCEnds,
  values: LTCValues,
  at: LTCParameters,
): void {
  const words = new Int32Array(buffer);
  const floats = new Float32Array(buffer);
  const positive = (value: number) => (sizes.implicitConstraints ? softplus(value) : value);
  for (let i = 0, to = at.neurons / 4; i < sizes.units; i++, to += 4) {
    floats[to] = positive(values.gleak[i]);
    floats[to + 1] = values.vleak[i];
    floats[to + 2] = positive(values.cm[i]);
  }
  const list = ({ first, source, place }: SynapseEnds, matrices: Float32Array[], to: number[]) => {
    const [w, sigma, mu, erev] = matrices;
    const [firstAt, sourceAt, parametersAt] = to.map((address) => address / 4);
    words.set(first, firstAt);
    for (let k = 0, write = parametersAt; k < place.length; k++, write += 4) {
      const from = place[k];
      words[sourceAt + k] = 16 * source[k];
      floats[write] = positive(w[from]);
      floats[write + 1] = sigma[from];
      floats[write + 2] = mu[from];
      floats[write + 3] = erev[from];
    }
  };
  const { w, sigma, mu, erev, sensoryW, sensorySigma, sensoryMu, sensoryErev } = values;
  list(inner, [w, sigma, mu, erev], [at.innerFirst, at.innerSource, at.innerParameters]);
  list(
    sensory,
    [sensoryW, sensorySigma, sensoryMu, sensoryErev],
    [at.sensoryFirst, at.sensorySource, at.sensoryParameters],
  );
}

/** Addresses that a pass reads and writes, in bytes; 0 for none. */
export interface LTCPass {
  batch: number;
  steps: number;
  elapsed: number;
  x: number;
  state: number;
  times: number;
  resets: number;
  mask: number;
  outputs: number;
  last: number;
  consumed: number;
  work: number;
  dX: number;
  dState: number;
  dTimes: number;
  dNeurons: number;
  dInner: number;
  dSensory: number;
}

/** Number of words in a plan. */
export const ltcPlanWords = 31;

/** Writes a plan, in the order of assembly/ltc-plan.ts. */
export function writeLTCPlan(
  buffer: ArrayBufferLike,
  at: number,
  { units, inputs, odeUnfolds, epsilon }: LTCSizes,
  { inner, sensory }: LTCEnds,
  parameters: LTCParameters,
  pass: LTCPass,
): void {
  const words = new Int32Array(buffer, at, ltcPlanWords);
  const { batch, steps, x, state, times, resets, mask, outputs, last, consumed, work } = pass;
  const { dX, dState, dTimes, dNeurons, dInner, dSensory } = pass;
  const { neurons, innerFirst, innerSource, innerParameters } = parameters;
  const { sensoryFirst, sensorySource, sensoryParameters } = parameters;
  words.set([batch, steps, units, inputs, odeUnfolds, inner.place.length, sensory.place.length]);
  new Float32Array(buffer, at + 28, 2).set([epsilon, pass.elapsed]);
  words.set([x, state, times, resets, mask, neurons, innerFirst, innerSource, innerParameters], 9);
  words.set([sensoryFirst, sensorySource, sensoryParameters, outputs, last, consumed, work], 18);
  words.set([dX, dState, dTimes, dNeurons, dInner, dSensory], 25);
}

/** Number of floats in the work area of a forward pass. */
export function forwardWork({ inputs, units }: LTCSizes): number {
  return 4 * (inputs + 5 * units);
}

/** Number of floats in the work area of a backward pass. */
export function backwardWork({ inputs, units, odeUnfolds }: LTCSizes, { inner, sensory }: LTCEnds): number {
  const synapses = sensory.place.length + inner.place.length * odeUnfolds;
  return 4 * (2 * inputs + units * (9 + 3 * odeUnfolds) + synapses);
}
