/** The folder of a training run: what it was started with, its log, its checkpoints. */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { version_core as tfjsVersion } from "@tensorflow/tfjs-core";
import { LIBRARY_VERSION } from "../checkpoints/index.js";
import { InvalidArgumentError, InvalidStateError, LoggingError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import { Logger, type LogSink, TableSink } from "../logging/index.js";
import { CheckpointCallback, type CheckpointCallbackOptions } from "../trainers/index.js";
import { FileCheckpointStore } from "./checkpoint-files.js";
import { CsvSink } from "./logging/csv-sink.js";
import { JsonLinesSink } from "./logging/json-lines-sink.js";
import { TensorBoardSink } from "./logging/tensorboard-sink.js";
import { newestCheckpoint } from "./newest-checkpoint.js";

const RUN_FILE = "run.json";

/** What to do when a run's folder is there already. */
export type RestartBehavior = "resume" | "restart" | "overwrite";

/** Kinds of log files. */
export type LogFormat = "csv" | "jsonl" | "tensorboard";

const FORMATS: readonly LogFormat[] = ["csv", "jsonl", "tensorboard"];

/** Options of {@link openRun}. */
export interface RunOptions {
  /**
   * When the folder holds a run already: `"resume"` goes on with it, `"restart"` leaves it alone and takes
   * a new folder beside it (`name-2`), `"overwrite"` removes it. Default `"resume"`.
   */
  restartBehavior?: RestartBehavior;
  /** Written to `run.json` for those who look at the run later: options, preset, seed. */
  config?: StateRecord;
  /** Which logs are written; default all: `progress.csv`, `progress.jsonl`, TensorBoard events. */
  formats?: LogFormat[];
  /** Whether rows are printed as tables as well, default true. */
  table?: boolean;
}

/** A run's folder, open for writing. */
export interface Run {
  /** The folder. */
  readonly path: string;
  /** Writes to the folder's logs, and to the terminal. */
  readonly logger: Logger;
  /** The newest checkpoint, to be resumed from; `undefined` for a new run. */
  readonly resumeFrom: string | undefined;
  /** Saves checkpoints into the folder. */
  checkpoints(options?: Omit<CheckpointCallbackOptions, "savePath">): CheckpointCallback;
}

/**
 * Opens the folder of a run: `run.json` (versions, command, config), logs, and `checkpoints/`.
 *
 * @param path e.g. `"runs/breakout"`
 * @returns the open run; hand its logger and checkpoints to `learn`
 * @throws InvalidArgumentError when an option has a wrong value; nothing was changed then
 * @throws InvalidStateError when the folder holds something that is not a run, or its `run.json` was damaged
 * @throws LoggingError when the folder cannot be made
 *
 * @example
 * ```ts
 * import { arcadeBreakoutPPO, PPOTrainer } from "ncps-ts";
 * import { interruptCallback, openRun } from "ncps-ts/node";
 *
 * const options = { ...arcadeBreakoutPPO, env: "Arcade/Breakout-v0", seed: 1 };
 * const run = await openRun("runs/breakout", { config: { seed: 1 } });
 * const trainer = run.resumeFrom
 *   ? await PPOTrainer.resume(run.resumeFrom, options)
 *   : new PPOTrainer(options);
 * await trainer.learn({
 *   totalTimesteps: 1_000_000,
 *   logger: run.logger,
 *   callbacks: [interruptCallback(), run.checkpoints({ everyMinutes: 5, keepLast: 2, keepBest: 1 })],
 * });
 * await trainer.close();
 * ```
 */
export async function openRun(path: string, options: RunOptions = {}): Promise<Run> {
  const { restartBehavior = "resume", config = {}, table = true } = options;
  const { formats = FORMATS } = options;
  const unknown = formats.find((format) => !FORMATS.includes(format));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      "formats",
      `expected some of ${FORMATS.map((format) => `"${format}"`).join(", ")}, received ${JSON.stringify(unknown)}`,
    );
  }
  const folder = prepare(path, restartBehavior);
  const checkpoints = join(folder, "checkpoints");
  const newest = existsSync(checkpoints) ? await newestCheckpoint(checkpoints) : undefined;
  describe(folder, config);
  return {
    path: folder,
    logger: new Logger([
      ...(table ? [new TableSink()] : []),
      ...openLogs(folder, formats, newest === undefined),
    ]),
    resumeFrom: newest === undefined ? undefined : join(checkpoints, newest),
    checkpoints: (given = {}) =>
      new CheckpointCallback({ savePath: new FileCheckpointStore(checkpoints), ...given }),
  };
}

// Without a checkpoint the run starts anew, and rows of an earlier start are void.
function openLogs(folder: string, formats: readonly LogFormat[], anew: boolean): LogSink[] {
  const [csv, jsonl] = ["progress.csv", "progress.jsonl"].map((file) => join(folder, file));
  if (anew) for (const file of [csv, jsonl]) rmSync(file, { force: true });
  const eventsBefore = readdirSync(folder).some((file) => file.startsWith("events.out.tfevents."));
  return formats.map((format) => {
    if (format === "csv") return new CsvSink(csv);
    if (format === "jsonl") return new JsonLinesSink(jsonl);
    const sink = new TensorBoardSink(folder);
    if (anew && eventsBefore) sink.setState({ lastStep: -1 });
    return sink;
  });
}

function prepare(path: string, restartBehavior: RestartBehavior): string {
  if (!["resume", "restart", "overwrite"].includes(restartBehavior)) {
    throw new InvalidArgumentError(
      "restartBehavior",
      `expected "resume", "restart" or "overwrite", received ${JSON.stringify(restartBehavior)}`,
    );
  }
  let folder = path;
  if (existsSync(folder)) {
    if (!existsSync(join(folder, RUN_FILE))) {
      throw new InvalidStateError(
        `${folder} is there already and is not a run: it has no ${RUN_FILE}. Choose another folder`,
      );
    }
    if (restartBehavior === "overwrite") rmSync(folder, { recursive: true });
    for (let n = 2; restartBehavior === "restart" && existsSync(folder); n++) {
      folder = join(dirname(path), `${basename(path)}-${n}`);
    }
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new LoggingError(`the run folder ${folder} cannot be made: ${(cause as Error).message}`, { cause });
  }
  return folder;
}

// Each start of a resumed run adds itself, so that the file tells the whole history.
function describe(folder: string, config: StateRecord): void {
  const file = join(folder, RUN_FILE);
  const earlier = existsSync(file) ? readStarts(file) : [];
  const start = {
    started: new Date().toISOString(),
    command: [basename(process.argv[1] ?? ""), ...process.argv.slice(2)],
    versions: {
      "ncps-ts": LIBRARY_VERSION,
      "@tensorflow/tfjs-core": tfjsVersion,
      node: process.version,
    },
    platform: `${process.platform}-${process.arch}`,
    config,
  };
  writeFileSync(`${file}.tmp`, `${JSON.stringify({ starts: [...earlier, start] }, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
}

function readStarts(file: string): StateRecord[] {
  try {
    const { starts } = JSON.parse(readFileSync(file, "utf8")) as { starts: StateRecord[] };
    if (Array.isArray(starts)) return starts;
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause;
  }
  throw new InvalidStateError(
    `${file} was damaged: it holds no list "starts". Repair it, or remove it with its folder`,
  );
}
