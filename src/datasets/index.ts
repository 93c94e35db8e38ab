/**
 * Data for cloning and for regression over time.
 *
 * @module ncps-ts/datasets
 */

export { AtariCloningDataset, type OpenDatasetOptions } from "./atari-cloning.js";
export {
  type CloningBatch,
  CloningBatches,
  type CloningBatchesOptions,
  type CloningSequences,
} from "./cloning-batches.js";
export {
  type CloningSequence,
  type CloningSplit,
  type ReadCloningOptions,
  readCloningSequence,
  writeCloningSequence,
} from "./cloning-format.js";
export { type CloningSink, type CloningSource, MemoryCloningSource } from "./cloning-source.js";
export {
  type LidarSequences,
  type LidarSplit,
  type LidarSplitOptions,
  splitLidarTraces,
} from "./lidar-sequences.js";
export { type LidarTrace, readLidarCsv, readLidarNpz } from "./lidar-traces.js";
export {
  type CloningChoice,
  type CloningExpert,
  type CloningPlayer,
  type CloningPolicy,
  type CloningRecord,
  type RecordCloningOptions,
  recordCloning,
} from "./record-cloning.js";
