/** Counts of a built wiring, and what in it has no effect. */

import { reach } from "./reachability.js";
import { synapsesOf } from "./synapse-list.js";
import type { BuiltWiring, NeuronType } from "./wiring.js";

/** What {@link wiringStatistics} returns. */
export interface WiringStatistics {
  /** Number of neurons by type, sensory ones too. */
  neurons: Readonly<Record<NeuronType | "sensory", number>>;
  /** Synapses between neurons. */
  synapses: number;
  /** Synapses from sensory neurons. */
  sensorySynapses: number;
  /** Excitatory ones among all synapses. */
  excitatory: number;
  /** Inhibitory ones among all synapses. */
  inhibitory: number;
  /** Synapses of neurons to themselves. */
  selfConnections: number;
  /** All synapses by the types they join, e.g. `"inter→command"`; pairs without any are left out. */
  byTypes: Readonly<Record<string, number>>;
  /** Share of the possible synapses, sensory ones counted, that there are. */
  density: number;
  /** Sensory neurons from which no way leads to a motor neuron. */
  inputsWithoutEffect: readonly number[];
  /** Motor neurons to which no way leads from a sensory neuron. */
  motorsWithoutInput: readonly number[];
  /** Other neurons that are on no way from a sensory neuron to a motor neuron. */
  deadNeurons: readonly number[];
}

/**
 * Counts neurons and synapses and finds those without effect: all three lists are empty in a sound wiring.
 *
 * @example
 * ```ts
 * const { density, deadNeurons } = wiringStatistics(new AutoNCP({ units: 16, outputSize: 4 }).build(8));
 * ```
 */
export function wiringStatistics(built: BuiltWiring): WiringStatistics {
  const { units, inputDim, synapseCount, sensorySynapseCount } = built;
  const neurons = { sensory: inputDim, inter: 0, command: 0, motor: 0 };
  for (let id = 0; id < units; id++) neurons[built.neuronType(id)]++;
  const byTypes: Record<string, number> = {};
  let excitatory = 0;
  let selfConnections = 0;
  for (const { sensory, source, destination, polarity } of synapsesOf(built)) {
    const pair = `${sensory ? "sensory" : built.neuronType(source)}→${built.neuronType(destination)}`;
    byTypes[pair] = (byTypes[pair] ?? 0) + 1;
    if (polarity > 0) excitatory++;
    if (!sensory && source === destination) selfConnections++;
  }
  const total = synapseCount + sensorySynapseCount;
  return {
    neurons,
    synapses: synapseCount,
    sensorySynapses: sensorySynapseCount,
    excitatory,
    inhibitory: total - excitatory,
    selfConnections,
    byTypes,
    density: total / ((units + inputDim) * units),
    ...reach(built),
  };
}
