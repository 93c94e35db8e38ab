/** An LTC scan in plain arrays: a list of the existing synapses with their parameters. */

import type * as tf from "@tensorflow/tfjs-core";
import {
  type DynamicsName,
  dynamicsNames,
  type LTCSettings,
  type LTCSynapses,
  type LTCTensors,
} from "./ltc-problem.js";

/** Synapses of one matrix with their parameters, ordered by their postsynaptic neuron. */
export interface SynapseList {
  /** Number of synapses. */
  count: number;
  /** Index of the first synapse of each postsynaptic neuron, followed by the count `[units + 1]`. */
  first: Int32Array;
  /** Presynaptic neuron or input of each synapse. */
  source: Int32Array;
  /** Index of each synapse's parameters in their matrices. */
  place: Int32Array;
  /** Maximum conductance, positive. */
  w: Float64Array;
  /** Steepness of the activation. */
  sigma: Float64Array;
  /** Potential at which the synapse is half open. */
  mu: Float64Array;
  /** Reversal potential. */
  erev: Float64Array;
}

/** Everything that a scan reads. */
export interface LTCArrays {
  /** Number of sequences. */
  batch: number;
  /** Number of steps per sequence. */
  steps: number;
  /** Number of neurons. */
  units: number;
  /** Number of inputs. */
  inputs: number;
  /** Inputs, time-major `[rows, inputs]`; of the same type as the potentials, so that loops over both stay fast. */
  x: Float64Array;
  /** Initial state `[batch, units]`. */
  state: Float32Array;
  /** Elapsed time of each step `[rows]`; without it all steps use `settings.elapsed`. */
  elapsed?: Float32Array;
  /** Keep factors `[rows]`: 0 where the state is cleared. */
  keep?: Float32Array;
  /** Mask `[rows]`: 0 where a step is skipped. */
  mask?: Float32Array;
  /** Leak conductance, positive. */
  gleak: Float64Array;
  /** Leak potential. */
  vleak: Float64Array;
  /** Capacitance, positive. */
  cm: Float64Array;
  /** Synapses between neurons. */
  inner: SynapseList;
  /** Synapses from inputs. */
  sensory: SynapseList;
  /** Weights as stored, for the slope of the softplus. */
  raw: Record<DynamicsName, Float32Array>;
  /** Settings of the scan. */
  settings: LTCSettings;
}

/** Reads all tensors; only for backends that keep them in memory. */
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

/** Softplus: `log(1 + exp(x))`. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Neurons at both ends of each synapse of a matrix. */
export type SynapseEnds = Pick<SynapseList, "first" | "source" | "place">;

const known = new WeakMap<Int8Array, SynapseEnds>();

/** Lists the synapses of an adjacency matrix; wirings do not change, so this is done once. */
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
