/**
 * Import and export of weights of the Python package ncps, and their file formats.
 *
 * @module ncps-ts/bridges
 */

export type { ArchiveLimits } from "../checkpoints/zip-directory.js";
export { readArrays } from "./arrays-file.js";
export { kerasWeights, loadKerasWeights } from "./keras.js";
export { type ReadNpzOptions, readNpz, readNpzAsync, type WriteNpzOptions, writeNpz } from "./npz.js";
export { type LoadWeightsOptions, loadTorchWeights, torchWeights } from "./torch.js";
export type { NamedArrays } from "./transfer.js";
export type { BridgedLayer } from "./weight-plan.js";
