/** Which neurons lie on a way from the inputs to the outputs. */

import { synapsesOf } from "./synapse-list.js";
import { range } from "./synapses.js";
import type { BuiltWiring } from "./wiring.js";

/** Neurons without effect. */
export interface Reach {
  /** Sensory neurons from which no way leads to a motor neuron. */
  inputsWithoutEffect: number[];
  /** Motor neurons to which no way leads from a sensory neuron. */
  motorsWithoutInput: number[];
  /** Other neurons that are on no way from a sensory neuron to a motor neuron. */
  deadNeurons: number[];
}

/** Follows the synapses from the sensory neurons on and from the motor neurons back. */
export function reach(built: BuiltWiring): Reach {
  const { units, inputDim, outputDim } = built;
  // Sensory neurons have the numbers behind the others.
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
  // A set's loop also visits what is added meanwhile.
  for (const id of seen) for (const other of next[id]) seen.add(other);
  return seen;
}
