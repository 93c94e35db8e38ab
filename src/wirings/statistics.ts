/** Statistics of a built wiring, including neurons without effect. */

import { reach } from "./reachability.js";
import { synapsesOf } from "./synapse-list.js";
import type { BuiltWiring, NeuronType } from "./wiring.js";

/** Result of {@link wiringStatistics}. */
export interface WiringStatistics {
  /** Number of neurons by type, including sensory ones. */
  neurons: Readonly<Record<NeuronType | "sensory", number>>;
  /** Number of synapses between neurons. */
  synapses: number;
  /** Number of synapses from sensory neurons. */
  sensorySynapses: number;
  /** Number of excitatory synapses. */
  excitatory: number;
  /** Number of inhibitory synapses. */
  inhibitory: number;
  /** Number of synapses of neurons to themselves. */
  selfConnections: number;
  /** Number of synapses by the types they connect, e.g. `"inter→command"`; pairs without any are omitted. */
  byTypes: Readonly<Record<string, number>>;
  /** Fraction of the possible synapses, including sensory ones, that exist. */
  density: number;
  /** Sensory neurons from which no path leads to a motor neuron. */
  inputsWithoutEffect: readonly number[];
  /** Motor neurons to which no path leads from a sensory neuron. */
  motorsWithoutInput: readonly number[];
  /** Other neurons that are on no path from a sensory neuron to a motor neuron. */
  deadNeurons: readonly number[];
}

/**
 * Counts neurons and synapses and finds those without effect: in a sound wiring all three lists are empty.
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
