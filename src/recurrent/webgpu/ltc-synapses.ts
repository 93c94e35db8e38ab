/** The synapses of an LTC as lists for its shaders, and the positions of their parameters among all weights. */

import { endsOf } from "../ops/ltc-arrays.js";
import { type DynamicsName, dynamicsNames, positiveNames } from "../ops/ltc-problem.js";
import { Regions } from "./scan-shader.js";

/** Sizes and synapses of an LTC. */
export interface LTCNet {
  units: number;
  inputs: number;
  /** Adjacency `[units * units]`, row source, column destination. */
  adjacency: Int8Array;
  /** Sensory adjacency `[inputs * units]`. */
  sensoryAdjacency: Int8Array;
}

/** All weights, starting with those made positive: the order in which they are concatenated. */
export const joinedNames: readonly DynamicsName[] = [
  ...positiveNames,
  ...dynamicsNames.filter((name) => !(positiveNames as readonly string[]).includes(name)),
];

/** One ordering of the synapses. */
export interface LTCLists {
  /** For the synapses between neurons and for those from inputs `first | other`: see {@link listPlaces}. */
  lists: Int32Array;
  /** Index of each parameter in the concatenated weights, in the order of {@link parameterPlaces}. */
  indices: Int32Array;
}

/** Lists for one wiring. */
export interface LTCSynapseLists {
  /** Number of synapses between neurons. */
  inner: number;
  /** Number of synapses from inputs. */
  sensory: number;
  /** Ordered by postsynaptic neuron; `other` is the presynaptic one. */
  forward: LTCLists;
  /** Ordered by presynaptic neuron or input; `other` is the postsynaptic neuron. */
  backward: LTCLists;
  /**
   * For each of the concatenated weights its index among the parameters of `backward`; past their end if it has none.
   */
  inverse: Int32Array;
}

/** Offsets in {@link LTCLists.lists}: of the first synapse of each owner, and of the other end of each synapse. */
export function listPlaces(owners: number, sensoryOwners: number, inner: number): Record<string, number> {
  const regions = new Regions();
  return {
    innerFirstAt: regions.take(owners + 1),
    innerOtherAt: regions.take(inner),
    sensoryFirstAt: regions.take(sensoryOwners + 1),
    sensoryOtherAt: regions.take(0),
  };
}

/** Offsets of `gleak | vleak | cm`, and of the first of `w | sigma | mu | erev` of each kind of synapses. */
export function parameterPlaces(
  units: number,
  inner: number,
  sensory: number,
): { innerAt: number; sensoryAt: number; size: number } {
  const innerAt = 3 * units;
  const sensoryAt = innerAt + 4 * inner;
  return { innerAt, sensoryAt, size: sensoryAt + 4 * sensory };
}

const known = new WeakMap<Int8Array, { sensoryAdjacency: Int8Array; lists: LTCSynapseLists }>();

/** The lists of a wiring; wirings do not change, so they are created once. */
export function synapseLists(net: LTCNet): LTCSynapseLists {
  const found = known.get(net.adjacency);
  if (found?.sensoryAdjacency === net.sensoryAdjacency) return found.lists;
  const lists = makeLists(net);
  known.set(net.adjacency, { sensoryAdjacency: net.sensoryAdjacency, lists });
  return lists;
}

/** Synapses of one kind, ordered by one end. */
interface Ordered {
  first: Int32Array;
  other: Int32Array;
  place: Int32Array;
}

function makeLists({ units, inputs, adjacency, sensoryAdjacency }: LTCNet): LTCSynapseLists {
  const regions = new Regions();
  const at = {} as Record<DynamicsName, number>;
  for (const name of joinedNames) at[name] = regions.take(sizeOf(name, units, inputs));
  const list = (inner: Ordered, sensory: Ordered): LTCLists => {
    const shifted = (name: DynamicsName, { place }: Ordered) => place.map((k) => at[name] + k);
    const whole = (name: DynamicsName) => Int32Array.from({ length: units }, (_, i) => at[name] + i);
    return {
      lists: joined([inner.first, inner.other, sensory.first, sensory.other]),
      indices: joined([
        ...(["gleak", "vleak", "cm"] as const).map(whole),
        ...(["w", "sigma", "mu", "erev"] as const).map((name) => shifted(name, inner)),
        ...(["sensoryW", "sensorySigma", "sensoryMu", "sensoryErev"] as const).map((name) =>
          shifted(name, sensory),
        ),
      ]),
    };
  };
  const [innerEnds, sensoryEnds] = [adjacency, sensoryAdjacency].map((matrix) => {
    const { first, source, place } = endsOf(matrix, units);
    return { first, other: source, place };
  });
  const backward = list(startsOf(adjacency, units, units), startsOf(sensoryAdjacency, inputs, units));
  const inverse = new Int32Array(regions.size).fill(backward.indices.length);
  backward.indices.forEach((place, i) => {
    inverse[place] = i;
  });
  return {
    inner: innerEnds.place.length,
    sensory: sensoryEnds.place.length,
    forward: list(innerEnds, sensoryEnds),
    backward,
    inverse,
  };
}

function sizeOf(name: DynamicsName, units: number, inputs: number): number {
  if (name === "gleak" || name === "vleak" || name === "cm") return units;
  return name.startsWith("sensory") ? inputs * units : units * units;
}

function startsOf(adjacency: Int8Array, sources: number, units: number): Ordered {
  const place = Int32Array.from(adjacency.keys()).filter((k) => adjacency[k] !== 0);
  const first = new Int32Array(sources + 1);
  for (const k of place) first[Math.floor(k / units) + 1]++;
  for (let j = 0; j < sources; j++) first[j + 1] += first[j];
  return { first, other: place.map((k) => k % units), place };
}

function joined(parts: Int32Array[]): Int32Array {
  const result = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
