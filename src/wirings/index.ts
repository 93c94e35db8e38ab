/**
 * Wirings: synapses of liquid networks, statistics, drawings.
 *
 * @module ncps-ts/wirings
 */

export { AdjacencyWiring, type AdjacencyWiringOptions, type SynapseListOptions } from "./adjacency-wiring.js";
export { AutoNCP, type AutoNCPOptions } from "./auto-ncp.js";
export type { LayerSizes } from "./connect-layers.js";
export { wiringToDOT } from "./drawing/dot.js";
export { wiringToMermaid } from "./drawing/mermaid.js";
export { wiringToSVG } from "./drawing/svg.js";
export type { DrawingOptions, MermaidOptions, SVGOptions, WiringColors } from "./drawing-options.js";
export { FullyConnected, type FullyConnectedOptions } from "./fully-connected.js";
export { LayeredNCP, type LayeredNCPOptions } from "./layered-ncp.js";
export { NCP, type NCPOptions } from "./ncp.js";
export { RandomWiring, type RandomWiringOptions } from "./random-wiring.js";
export { type WiringStatistics, wiringStatistics } from "./statistics.js";
export { type Synapse, synapsesOf } from "./synapse-list.js";
export type { BuiltWiring, NeuronType, SynapseEntry, Wiring, WiringJSON } from "./wiring.js";
export { registerWiring, wiringFromJSON } from "./wiring-from-json.js";
