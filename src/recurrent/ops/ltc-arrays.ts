/** An LTC scan in plain arrays: the synapses that exist as a list, and their parameters beside it. */

import type * as tf from "@tensorflow/tfjs-core";
import {
  type DynamicsName,
  dynamicsNames,
  type LTCSettings,
  type LTCSynapses,
  type LTCTensors,
} from "./ltc-problem.js";

/** Synapses of one matrix with their parameters, ordered by the neuron at which they end. */
export interface SynapseList {
  /** Number of synapses. */
  count: number;
  /** Where the synapses that end at each neuron begin in the list, and last the count `[units + 1]`. */
  first: Int32Array;
  /** Where each begins. */
  source: Int32Array;
  /** Where its parameters lie in their matrices. */
  place: Int32Array;
  /** Greatest conductance, positive. */
  w: Float64Array;
  /** Steepness. */
  sigma: Float64Array;
  /** Half-open potential. */
  mu: Float64Array;
  /** Reversal potential. */
  erev: Float64Array;
}

/** Everything that a scan reads. */
export interface LTCArrays {
  /** Sequences. */
  batch: number;
  /** Steps of each. */
  steps: number;
  /** Neurons. */
  units: number;
  /** Inputs. */
  inputs: number;
  /** Inputs, time-major `[rows, inputs]`; of the type of the potentials, so that loops over both stay fast. */
  x: Float64Array;
  /** `[batch, units]`. */
  state: Float32Array;
  /** `[rows]`; without it all steps take `settings.elapsed`. */
  elapsed?: Float32Array;
  /** `[rows]`, 0 where the state is cleared. */
  keep?: Float32Array;
  /** `[rows]`, 0 where a step is skipped. */
  mask?: Float32Array;
  /** Leak conductance, positive. */
  gleak: Float64Array;
  /** Leak potential. */
  vleak: Float64Array;
  /** Capacitance, positive. */
  cm: Float64Array;
  /** Between neurons. */
  inner: SynapseList;
  /** From inputs. */
  sensory: SynapseList;
  /** The weights as they are stored, for the slope of the softplus. */
  raw: Record<DynamicsName, Float32Array>;
  /** Numbers of the scan. */
  settings: LTCSettings;
}

/** Reads all tensors; only for backends that hold them in memory. */
export function readArrays(tensors: LTCTensors, settings: LTCSettings, synapses: LTCSynapses): LTCArrays {
  const { x, state, elapsed, keep, mask, weights } = tensors;
  const [batch, units] = state.shape;
  const raw = {} as Record<DynamicsName, Float32Array>;
  for (const name of dynamicsNames) raw[name] = read(weights[name]);
  const positive = (values: Float32Array | Float64Array) => {
    const result = new Float64Array(values);
    if (!settings.implicitConstraints) return result;
    for (let k = 0; k < result.length; k++) result[k] = softplus(result[k]);
    return result;
  };
  const { adjacency, sensoryAdjacency } = synapses;
  return {
    batch,
    steps: x.shape[0] / batch,
    units,
    inputs: x.shape[1],
    x: new Float64Array(read(x)),
    state: read(state),
    elapsed: elapsed && read(elapsed),
    keep: keep && read(keep),
    mask: mask && read(mask),
    gleak: positive(raw.gleak),
    vleak: new Float64Array(raw.vleak),
    cm: positive(raw.cm),
    inner: listSynapses(adjacency, units, [raw.w, raw.sigma, raw.mu, raw.erev], positive),
    sensory: listSynapses(
      sensoryAdjacency,
      units,
      [raw.sensoryW, raw.sensorySigma, raw.sensoryMu, raw.sensoryErev],
      positive,
    ),
    raw,
    settings,
  };
}

function read(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}

/** `log(1 + exp(x))`. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Where the synapses of a matrix begin and end. */
export type SynapseEnds = Pick<SynapseList, "first" | "source" | "place">;

const known = new WeakMap<Int8Array, SynapseEnds>();

/** The synapses of an adjacency matrix; wirings do not change, so they are looked for once. */
export function endsOf(adjacency: Int8Array, units: number): SynapseEnds {
  let ends = known.get(adjacency);
  if (!ends) {
    const present = [...adjacency.keys()].filter((i) => adjacency[i] !== 0);
    const place = Int32Array.from(present.sort((a, b) => (a % units) - (b % units) || a - b));
    const first = new Int32Array(units + 1);
    for (const i of place) first[(i % units) + 1]++;
    for (let i = 0; i < units; i++) first[i + 1] += first[i];
    ends = { place, source: place.map((i) => Math.floor(i / units)), first };
    known.set(adjacency, ends);
  }
  return ends;
}

function listSynapses(
  adjacency: Int8Array,
  units: number,
  matrices: Float32Array[],
  positive: (values: Float64Array) => Float64Array,
): SynapseList {
  const ends = endsOf(adjacency, units);
  const { place } = ends;
  const [w, sigma, mu, erev] = matrices.map((matrix) => {
    const values = new Float64Array(place.length);
    for (let k = 0; k < values.length; k++) values[k] = matrix[place[k]];
    return values;
  });
  return { ...ends, count: place.length, w: positive(w), sigma, mu, erev };
}
