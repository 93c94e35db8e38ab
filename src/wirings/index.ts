/** Wirings: who is connected to whom, statistics, pictures. */

export * from "./adjacency-wiring.js";
export * from "./auto-ncp.js";
export * from "./fully-connected.js";
export { LayeredNCP, type LayeredNCPOptions } from "./layered-ncp.js";
export { NCP, type NCPOptions } from "./ncp.js";
export * from "./random-wiring.js";
export * from "./wiring.js";
export * from "./wiring-from-json.js";
