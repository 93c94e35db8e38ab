/**
 * Wirings: who is connected to whom, statistics, pictures.
 *
 * @module
 */

export * from "./adjacency-wiring.js";
export * from "./auto-ncp.js";
export type { LayerSizes } from "./connect-layers.js";
export { wiringToDOT } from "./drawing/dot.js";
export { wiringToMermaid } from "./drawing/mermaid.js";
export { wiringToSVG } from "./drawing/svg.js";
export type { DrawingOptions, SVGOptions, WiringColors } from "./drawing-options.js";
export * from "./fully-connected.js";
export { LayeredNCP, type LayeredNCPOptions } from "./layered-ncp.js";
export { NCP, type NCPOptions } from "./ncp.js";
export * from "./random-wiring.js";
export { type WiringStatistics, wiringStatistics } from "./statistics.js";
export { type Synapse, synapsesOf } from "./synapse-list.js";
export * from "./wiring.js";
export * from "./wiring-from-json.js";
