/**
 * Weights of the Python package ncps, and the files they come in.
 *
 * @module
 */

export { readArrays } from "./arrays-file.js";
export { kerasWeights, loadKerasWeights } from "./keras.js";
export { type ReadNpzOptions, readNpz, readNpzAsync, type WriteNpzOptions, writeNpz } from "./npz.js";
export { type LoadWeightsOptions, loadTorchWeights, torchWeights } from "./torch.js";
export type { NamedArrays } from "./transfer.js";
export type { BridgedLayer } from "./weight-plan.js";
export type { ArchiveLimits } from "./zip-directory.js";
