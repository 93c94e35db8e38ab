/**
 * Everything that needs Node: files, child processes, the terminal. Importing it lets trainers save to paths,
 * show progress bars and learn on several threads.
 *
 * @module ncps-ts/node
 */

import "tfjs-training/node";
import "./model-files.js";
import "./platform.js";

export type { ImportPackage } from "tfjs-training/node";
export { acceleratorVersions, installAccelerator, removeAccelerator } from "tfjs-training/node";
export { type RegisterAtariOptions, registerAtari } from "./atari.js";
export type { AtariBatch, AtariVectorGame } from "./atari-vector.js";
export { FileCheckpointStore } from "./checkpoint-files.js";
export { Dashboard, type DashboardOptions } from "./dashboard/dashboard.js";
export { cloningFolder } from "./datasets/cloning-folder.js";
export type { DownloadOptions } from "./datasets/download-file.js";
export type { ExtractCloningOptions } from "./datasets/extract-cloning.js";
export {
  type DownloadCloningOptions,
  downloadCloningData,
  type OpenCloningOptions,
  openCloningDataset,
} from "./datasets/open-cloning-dataset.js";
export { type RecordCloningDatasetOptions, recordCloningDataset } from "./datasets/record-cloning-dataset.js";
export { type GifWriterOptions, gifWriter } from "./gif-writer.js";
export { type InterruptCallback, type InterruptOptions, interruptCallback } from "./interrupt.js";
export { CsvSink } from "./logging/csv-sink.js";
export { JsonLinesSink } from "./logging/json-lines-sink.js";
export type { LineSinkOptions } from "./logging/line-log.js";
export { TensorBoardSink } from "./logging/tensorboard-sink.js";
export { type ProgressBarOptions, progressBarCallback } from "./progress-bar.js";
export { openRun, type RestartBehavior, type Run, type RunOptions } from "./run-folder.js";
export { RunLockedError } from "./runs/run-lock.js";
export type { LogFormat } from "./runs/run-logs.js";
export type { StatusStream } from "./status-line.js";
export { WorkerVectorEnv } from "./vector/worker-vector-env.js";
export { ZipCheckpointStore } from "./zip-checkpoints.js";
