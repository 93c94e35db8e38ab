/** Collects synapses while a wiring is being built. */

import { InvalidArgumentError } from "../core/errors.js";
import { checkInputs } from "./checks.js";
import { wiringToDOT } from "./drawing/dot.js";
import { wiringToMermaid } from "./drawing/mermaid.js";
import { wiringToSVG } from "./drawing/svg.js";
import type { DrawingOptions, MermaidOptions, SVGOptions } from "./drawing-options.js";
import type { BuiltWiring, NeuronType, Wiring } from "./wiring.js";

/** Order and roles of the neurons, for wirings that define them. */
export interface NeuronRoles {
  /** Ids by layer. Default: one layer with all neurons. */
  layers?: readonly (readonly number[])[];
  /** Whether a neuron that is not a motor neuron is a command neuron. Default: none is. */
  isCommand?: (id: number) => boolean;
}

/** Two adjacency matrices that are filled step by step. */
export class Synapses {
  /** `[units * units]`, row source, column destination. */
  readonly adjacency: Int8Array;
  /** `[inputDim * units]`, row sensory neuron, column destination. */
  readonly sensoryAdjacency: Int8Array;

  /**
   * @param wiring the wiring that is being built · @param inputDim number of sensory neurons
   * @throws InvalidArgumentError when `inputDim` is not a positive integer, or too large
   */
  constructor(
    readonly wiring: Wiring,
    readonly inputDim: number,
  ) {
    checkInputs(inputDim, wiring.units);
    this.adjacency = new Int8Array(wiring.units * wiring.units);
    this.sensoryAdjacency = new Int8Array(inputDim * wiring.units);
  }

  /** Connects two neurons; an existing synapse gets the new polarity. */
  connect(source: number, destination: number, polarity: number): void {
    this.adjacency[source * this.wiring.units + destination] = polarity;
  }

  /** Connects a sensory neuron to a neuron. */
  connectSensory(source: number, destination: number, polarity: number): void {
    this.sensoryAdjacency[source * this.wiring.units + destination] = polarity;
  }

  /** The finished wiring. */
  finish({ layers, isCommand = () => false }: NeuronRoles = {}): BuiltWiring {
    const { wiring, inputDim, adjacency, sensoryAdjacency } = this;
    const { units, outputDim } = wiring;
    const neuronType = (id: number): NeuronType => {
      if (!Number.isInteger(id) || id < 0 || id >= units) {
        throw new InvalidArgumentError("id", `expected a neuron from 0 to ${units - 1}, received ${id}`);
      }
      if (id < outputDim) return "motor";
      return isCommand(id) ? "command" : "inter";
    };
    const built: BuiltWiring = Object.freeze({
      wiring,
      units,
      inputDim,
      outputDim,
      adjacency,
      sensoryAdjacency,
      layers: layers ?? [range(0, units)],
      synapseCount: countSynapses(adjacency),
      sensorySynapseCount: countSynapses(sensoryAdjacency),
      neuronType,
      toSVG: (options?: SVGOptions) => wiringToSVG(built, options),
      toDOT: (options?: DrawingOptions) => wiringToDOT(built, options),
      toMermaid: (options?: MermaidOptions) => wiringToMermaid(built, options),
    });
    return built;
  }
}

/** The integers from `first` to below `end`. */
export function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function countSynapses(matrix: Int8Array): number {
  let count = 0;
  for (const polarity of matrix) if (polarity !== 0) count++;
  return count;
}
