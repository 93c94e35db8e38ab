/** Lists the synapses of a built wiring. */

import type { BuiltWiring } from "./wiring.js";

/** One synapse. */
export interface Synapse {
  /** Whether `source` is a sensory neuron. */
  sensory: boolean;
  /** Presynaptic neuron: id of the neuron, or number of the sensory neuron. */
  source: number;
  /** Postsynaptic neuron: its id. */
  destination: number;
  /** Polarity: excitatory 1, inhibitory -1. */
  polarity: 1 | -1;
}

/** All synapses: first those of sensory neurons, each group by source, then destination. */
export function synapsesOf({ units, adjacency, sensoryAdjacency }: BuiltWiring): Synapse[] {
  return [...list(sensoryAdjacency, units, true), ...list(adjacency, units, false)];
}

function list(matrix: Int8Array, units: number, sensory: boolean): Synapse[] {
  const found: Synapse[] = [];
  matrix.forEach((value, i) => {
    if (value === 0) return;
    const polarity = value > 0 ? 1 : -1;
    found.push({ sensory, source: Math.floor(i / units), destination: i % units, polarity });
  });
  return found;
}
