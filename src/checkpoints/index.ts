/**
 * Checkpoints: their contents, format and storage.
 *
 * @module ncps-ts/checkpoints
 */

export {
  type ArrayPlace,
  type Checkpoint,
  type DecodeCheckpointOptions,
  decodeCheckpoint,
  encodeCheckpoint,
  type InspectCheckpointOptions,
  inspectCheckpoint,
  type ReadCheckpointOptions,
  readCheckpoint,
  writeCheckpoint,
} from "./checkpoint.js";
export type { CheckpointLocation, CheckpointPlace } from "./checkpoint-location.js";
export { type CheckpointFiles, type CheckpointStore, checkCheckpointName } from "./checkpoint-store.js";
export { LIBRARY_VERSION } from "./library-version.js";
export { MANIFEST_FILE } from "./manifest.js";
export { MemoryCheckpointStore } from "./memory-checkpoint-store.js";
export type { Pieces } from "./pieces.js";
export { readSafetensors, type SafeTensor, writeSafetensors } from "./safetensors.js";
export { type JsonValue, joinState, type SplitState, splitState } from "./state-tree.js";
export { unzipCheckpoint, type ZipSource, zipCheckpoint } from "./zip-file.js";
