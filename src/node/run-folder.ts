/** The folder of a training run: its configuration, logs and checkpoints. */

import { existsSync, mkdirSync, renameSync, rmdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError, InvalidStateError, LoggingError, NcpsError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";
import { Logger, TableSink } from "../logging/index.js";
import { CheckpointCallback, type CheckpointCallbackOptions } from "../trainers/index.js";
import { FileCheckpointStore } from "./checkpoint-files.js";
import { codeOf, reasonOf } from "./disk-failure.js";
import { newestCheckpoint, newestWholeCheckpoint } from "./newest-checkpoint.js";
import { syncFolder } from "./replace-file.js";
import { CHECKPOINTS, contentsOf, foreignFile, removeLeftovers, removeRun } from "./runs/run-contents.js";
import { checkConfig, RUN_FILE, type RunStart, readRunFile, writeRunFile } from "./runs/run-file.js";
import { lockRun, type RunLock, RunLockedError } from "./runs/run-lock.js";
import { FORMATS, type LogFormat, runLogs } from "./runs/run-logs.js";

/** What to do when a run's folder exists already. */
export type RestartBehavior = "resume" | "restart" | "overwrite";

/** Options of {@link openRun}. */
export interface RunOptions {
  /**
   * When the folder contains a run already: `"resume"` continues it, `"restart"` keeps it and uses
   * a new folder next to it (`name-2`), `"overwrite"` removes it, unless it contains a file that the library does not
   * write. Default `"resume"`.
   */
  restartBehavior?: RestartBehavior;
  /**
   * Written to `run.json` unchanged, as documentation of the run: options, preset, seed; no secrets. Default
   * nothing.
   */
  config?: StateRecord;
  /** The logs to write; default all: `progress.csv`, `progress.jsonl`, TensorBoard events. */
  formats?: LogFormat[];
  /** Whether rows are also printed as tables, default true. */
  table?: boolean;
  /**
   * Called with a description of problems that do not stop the run: a damaged checkpoint, lost rows of a log, a
   * damaged `run.json`; default `console.warn`.
   */
  warn?: (text: string) => void;
}

const names = optionNames<RunOptions>({
  restartBehavior: true,
  config: true,
  formats: true,
  table: true,
  warn: true,
});

/** A run's folder, open for writing. */
export interface Run {
  /** The folder. */
  readonly path: string;
  /** Writes to the folder's logs, and to the terminal. */
  readonly logger: Logger;
  /** The newest intact checkpoint to resume from; `undefined` for a new run. */
  readonly resumeFrom: string | undefined;
  /** A callback that saves checkpoints into the folder. */
  checkpoints(options?: Omit<CheckpointCallbackOptions, "savePath">): CheckpointCallback;
  /** Closes the logs and unlocks the folder for other processes; the end of the process does so as well. */
  close(): void;
}

/**
 * Opens the folder of a run: `run.json` (versions, command, config), logs, and `checkpoints/`. The folder is locked
 * until {@link Run.close}, or until the process ends in any way.
 *
 * @param path e.g. `"runs/breakout"`; a folder that is missing, empty, or a run's
 * @returns the open run; pass its logger and checkpoints to `learn`
 * @throws InvalidArgumentError when an option has a wrong value; nothing is changed then
 * @throws InvalidStateError when the folder contains something that is not a run, or is to be overwritten and contains
 *   files that the library did not write; nothing is changed then
 * @throws RunLockedError when another process has locked the folder, or this one has opened it before
 * @throws CheckpointError when there are checkpoints and all of them are damaged
 * @throws LoggingError when the folder cannot be created, read or written
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
 * run.close();
 * ```
 */
export async function openRun(path: string, options: RunOptions = {}): Promise<Run> {
  checkOptions("openRun", options, names);
  const { restartBehavior = "resume", config = {}, table = true, warn = console.warn } = options;
  const { formats = FORMATS } = options;
  checkValues(restartBehavior, formats, config);
  let folder = path;
  try {
    const taken = await takeFolder(path, restartBehavior, warn);
    folder = taken.folder;
    const { lock } = taken;
    try {
      const resumeFrom = await prepare(folder, { restartBehavior, config, warn });
      const logs = runLogs({ folder, formats, check: lock.check, warn });
      const logger = new Logger([...(table ? [new TableSink()] : []), ...logs]);
      return {
        path: folder,
        logger,
        resumeFrom,
        checkpoints: (given = {}) =>
          new CheckpointCallback({ savePath: new FileCheckpointStore(join(folder, CHECKPOINTS)), ...given }),
        close() {
          try {
            logger.close();
          } finally {
            lock.release();
          }
        },
      };
    } catch (error) {
      lock.release();
      if (taken.made) removeIfEmpty(folder);
      throw error;
    }
  } catch (cause) {
    if (cause instanceof NcpsError) throw cause;
    throw new LoggingError(`the run folder ${folder} cannot be opened: ${reasonOf(cause)}`, { cause });
  }
}

function checkValues(
  restartBehavior: RestartBehavior,
  formats: readonly LogFormat[],
  config: StateRecord,
): void {
  const unknown = formats.find((format) => !FORMATS.includes(format));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(
      "formats",
      `expected some of ${FORMATS.map((format) => `"${format}"`).join(", ")}, received ${JSON.stringify(unknown)}`,
    );
  }
  if (!["resume", "restart", "overwrite"].includes(restartBehavior)) {
    throw new InvalidArgumentError(
      "restartBehavior",
      `expected "resume", "restart" or "overwrite", received ${JSON.stringify(restartBehavior)}`,
    );
  }
  checkConfig(config);
}

interface TakenFolder {
  folder: string;
  lock: RunLock;
  /** Whether this call created it. */
  made: boolean;
}

// Creates or finds the folder and locks it. A folder that is not a run's is left untouched.
async function takeFolder(
  path: string,
  restartBehavior: RestartBehavior,
  warn: (text: string) => void,
): Promise<TakenFolder> {
  for (let n = 1; ; n++) {
    const folder = n === 1 ? path : join(dirname(path), `${basename(path)}-${n}`);
    const made = makeFolder(folder);
    if (!made) {
      const isNew = (await inspect(folder, restartBehavior)).isNew;
      if (restartBehavior === "restart" && !isNew) continue;
    }
    try {
      return { folder, lock: await lockRun(folder, warn), made };
    } catch (error) {
      // Another process has just started a run there.
      if (restartBehavior === "restart" && error instanceof RunLockedError) continue;
      if (made) removeIfEmpty(folder);
      throw error;
    }
  }
}

function makeFolder(folder: string): boolean {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" && statSync(folder).isDirectory()) return false;
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // not empty
  }
}

interface Found {
  /** Whether it contains nothing except what an interrupted start leaves. */
  isNew: boolean;
  starts: readonly RunStart[];
  /** What is wrong with run.json although there are checkpoints. */
  problem?: "missing" | "empty" | "damaged";
}

// Examines the folder; throws when it is not a run's, or contains files that must not be overwritten.
async function inspect(folder: string, restartBehavior: RestartBehavior): Promise<Found> {
  const starts = readRunFile(folder);
  const others = contentsOf(folder).filter((name) => name !== RUN_FILE);
  if (typeof starts !== "string") {
    const foreign = restartBehavior === "overwrite" ? foreignFile(folder) : undefined;
    if (foreign === undefined) return { isNew: false, starts };
    throw new InvalidStateError(
      `${foreign} is not a file of a run, so ${folder} is not overwritten. Move it away, or choose another folder`,
    );
  }
  if (others.length === 0 && starts !== "damaged") return { isNew: true, starts: [] };
  const problem = `its ${RUN_FILE} ${starts === "missing" ? "is missing" : starts === "empty" ? "is empty" : "was damaged"}`;
  if (restartBehavior !== "overwrite" && (await hasCheckpoints(folder))) {
    return { isNew: false, starts: [], problem: starts };
  }
  throw new InvalidStateError(
    `${folder} is there already and is not a run${others.length > 0 ? ` (it holds ${others[0]})` : ""}: ${problem}. Choose another folder`,
  );
}

async function hasCheckpoints(folder: string): Promise<boolean> {
  const checkpoints = join(folder, CHECKPOINTS);
  return existsSync(checkpoints) && (await newestCheckpoint(checkpoints)) !== undefined;
}

interface Preparation {
  restartBehavior: RestartBehavior;
  config: StateRecord;
  warn(text: string): void;
}

// Under the lock: cleans the folder up, and adds this start to its run.json.
async function prepare(
  folder: string,
  { restartBehavior, config, warn }: Preparation,
): Promise<string | undefined> {
  const { isNew, starts, problem } = await inspect(folder, restartBehavior);
  const overwritten = restartBehavior === "overwrite" && !isNew;
  if (overwritten) removeRun(folder);
  else removeLeftovers(folder);
  const checkpoints = join(folder, CHECKPOINTS);
  const newest = existsSync(checkpoints) ? await putInOrder(checkpoints, warn) : undefined;
  if (problem !== undefined) {
    warn(
      `${join(folder, RUN_FILE)} is ${problem}; the run is recognised by its checkpoints, and the file is written again`,
    );
  }
  writeRunFile(folder, overwritten ? [] : starts, config, problem === "damaged");
  syncFolder(dirname(folder));
  return newest;
}

// Path of the newest intact checkpoint. Damaged ones are moved to a separate folder, where nothing replaces them.
async function putInOrder(checkpoints: string, warn: (text: string) => void): Promise<string | undefined> {
  await new FileCheckpointStore(checkpoints).sweep();
  const newest = await newestWholeCheckpoint(checkpoints, warn);
  if (newest === undefined) return undefined;
  const place = join(checkpoints, "damaged");
  if (newest.damaged.length > 0) mkdirSync(place, { recursive: true });
  for (const name of newest.damaged) {
    let aside = join(place, name);
    for (let n = 2; existsSync(aside); n++) aside = join(place, `${name}-${n}`);
    renameSync(join(checkpoints, name), aside);
    warn(`the damaged checkpoint ${name} was moved to ${aside}`);
  }
  return join(checkpoints, newest.name);
}
