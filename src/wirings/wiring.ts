/** Wirings: which neurons of a liquid network are connected, and with which sign. */

import type { DrawingOptions, MermaidOptions, SVGOptions } from "./drawing-options.js";

/** Role of a neuron: motor neurons are the outputs, command neurons decide, inter neurons come before them. */
export type NeuronType = "inter" | "command" | "motor";

/** A synapse in a list: source, destination, polarity (1 or -1). */
export type SynapseEntry = readonly [source: number, destination: number, polarity: number];

/** A wiring as plain data: its class in `type`, then its options. `wiringFromJSON` recreates the wiring. */
export interface WiringJSON {
  /** Name of the class, e.g. `"AutoNCP"`. */
  readonly type: string;
  /** Options of the class, under their names. */
  readonly [option: string]: unknown;
}

/**
 * The synapses of a liquid network. A wiring never changes, so one may be shared by many layers; the number of inputs
 * is passed when a layer builds it.
 */
export interface Wiring {
  /** Number of neurons, sensory ones not counted. */
  readonly units: number;
  /** Number of motor neurons; they have the ids `0..outputDim-1`. */
  readonly outputDim: number;
  /**
   * Creates the synapses. The same arguments always give the same result.
   *
   * @param inputDim number of sensory neurons
   * @throws InvalidArgumentError when the wiring cannot take that many inputs
   */
  build(inputDim: number): BuiltWiring;
  /** Plain data for `wiringFromJSON`. */
  toJSON(): WiringJSON;
}

/** The synapses of a {@link Wiring} for a certain number of inputs. Read only: do not write into the arrays. */
export interface BuiltWiring {
  /** The wiring that created it. */
  readonly wiring: Wiring;
  /** Number of neurons, sensory ones not counted. */
  readonly units: number;
  /** Number of sensory neurons. */
  readonly inputDim: number;
  /** Number of motor neurons, ids `0..outputDim-1`. */
  readonly outputDim: number;
  /** `[units * units]`, row source, column destination: 1 excitatory, -1 inhibitory, 0 no synapse. */
  readonly adjacency: Int8Array;
  /** `[inputDim * units]`, row sensory neuron, column destination: 1, -1 or 0. */
  readonly sensoryAdjacency: Int8Array;
  /** Ids of the neurons by layer, from the inputs to the outputs; one layer if the wiring has no order. */
  readonly layers: readonly (readonly number[])[];
  /** Number of synapses between neurons. */
  readonly synapseCount: number;
  /** Number of synapses from sensory neurons. */
  readonly sensorySynapseCount: number;
  /** Role of a neuron. Throws `InvalidArgumentError` when there is no neuron with that id. */
  neuronType(id: number): NeuronType;
  /** Draws the wiring as SVG; see {@link wiringToSVG}. */
  toSVG(options?: SVGOptions): string;
  /** Draws the wiring for Graphviz; see {@link wiringToDOT}. */
  toDOT(options?: DrawingOptions): string;
  /** Draws the wiring for Mermaid; see {@link wiringToMermaid}. */
  toMermaid(options?: MermaidOptions): string;
}
