/** Finds neurons that are on no path from the inputs to the outputs. */

import { synapsesOf } from "./synapse-list.js";
import { range } from "./synapses.js";
import type { BuiltWiring } from "./wiring.js";

/** Neurons without effect. */
export interface Reach {
  /** Sensory neurons from which no path leads to a motor neuron. */
  inputsWithoutEffect: number[];
  /** Motor neurons to which no path leads from a sensory neuron. */
  motorsWithoutInput: number[];
  /** Other neurons that are on no path from a sensory neuron to a motor neuron. */
  deadNeurons: number[];
}

/** Follows the synapses forward from the sensory neurons and backward from the motor neurons. */
export function reach(built: BuiltWiring): Reach {
  const { units, inputDim, outputDim } = built;
  // Sensory neurons are numbered after the others.
  const forward: number[][] = Array.from({ length: units + inputDim }, () => []);
  const backward: number[][] = Array.from({ length: units + inputDim }, () => []);
  for (const { sensory, source, destination } of synapsesOf(built)) {
    const from = sensory ? units + source : source;
    forward[from].push(destination);
    backward[destination].push(from);
  }
  const excited = follow(range(units, units + inputDim), forward);
  const effective = follow(range(0, outputDim), backward);
  return {
    inputsWithoutEffect: range(0, inputDim).filter((id) => !effective.has(units + id)),
    motorsWithoutInput: range(0, outputDim).filter((id) => !excited.has(id)),
    deadNeurons: range(outputDim, units).filter((id) => !excited.has(id) || !effective.has(id)),
  };
}

function follow(starts: readonly number[], next: readonly (readonly number[])[]): Set<number> {
  const seen = new Set(starts);
  // A set's loop also visits elements added during the loop.
  for (const id of seen) for (const other of next[id]) seen.add(other);
  return seen;
}
