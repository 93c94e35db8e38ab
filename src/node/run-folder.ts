/** The folder of a training run: what it was started with, its log, its checkpoints. */

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

/** What to do when a run's folder is there already. */
export type RestartBehavior = "resume" | "restart" | "overwrite";

/** Options of {@link openRun}. */
export interface RunOptions {
  /**
   * When the folder holds a run already: `"resume"` goes on with it, `"restart"` leaves it alone and takes
   * a new folder beside it (`name-2`), `"overwrite"` removes it, unless it holds a file that the library does not
   * write. Default `"resume"`.
   */
  restartBehavior?: RestartBehavior;
  /**
   * Written to `run.json` as it is, for those who look at the run later: options, preset, seed; no secrets. Default
   * nothing.
   */
  config?: StateRecord;
  /** Which logs are written; default all: `progress.csv`, `progress.jsonl`, TensorBoard events. */
  formats?: LogFormat[];
  /** Whether rows are printed as tables as well, default true. */
  table?: boolean;
  /**
   * Is told what was found wrong and how the run goes on all the same: a damaged checkpoint, lost rows of a log, a
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
  /** The newest whole checkpoint, to be resumed from; `undefined` for a new run. */
  readonly resumeFrom: string | undefined;
  /** Saves checkpoints into the folder. */
  checkpoints(options?: Omit<CheckpointCallbackOptions, "savePath">): CheckpointCallback;
  /** Closes the logs and gives the folder free for another process; the end of the process does so as well. */
  close(): void;
}

/**
 * Opens the folder of a run: `run.json` (versions, command, config), logs, and `checkpoints/`. The folder is locked
 * until {@link Run.close}, or the end of the process in whatever way.
 *
 * @param path e.g. `"runs/breakout"`; a folder that is missing, empty, or a run's
 * @returns the open run; hand its logger and checkpoints to `learn`
 * @throws InvalidArgumentError when an option has a wrong value; nothing was changed then
 * @throws InvalidStateError when the folder holds something that is not a run, or is to be overwritten and holds
 *   files that the library did not write; nothing was changed then
 * @throws RunLockedError when another process has the folder, or this one has opened it before
 * @throws CheckpointError when there are checkpoints and none of them is whole
 * @throws LoggingError when the folder cannot be made, read or written
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
  /** Whether it was not there before. */
  made: boolean;
}

// Makes or finds the folder and locks it. One that is not a run's is not touched.
async function takeFolder(
  path: string,
  restartBehavior: RestartBehavior,
  warn: (text: string) => void,
): Promise<TakenFolder> {
  for (let n = 1; ; n++) {
    const folder = n === 1 ? path : join(dirname(path), `${basename(path)}-${n}`);
    const made = makeFolder(folder);
    if (!made) {
      const isNew = (await look(folder, restartBehavior)).isNew;
      if (restartBehavior === "restart" && !isNew) continue;
    }
    try {
      return { folder, lock: await lockRun(folder, warn), made };
    } catch (error) {
      // Another process has just begun a run there.
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
  /** Whether there is nothing yet but what an interrupted start leaves. */
  isNew: boolean;
  starts: readonly RunStart[];
  /** What is wrong with run.json when there are checkpoints all the same. */
  problem?: "missing" | "empty" | "damaged";
}

// What the folder is; throws when it is not a run's, or holds what must not be overwritten.
async function look(folder: string, restartBehavior: RestartBehavior): Promise<Found> {
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

// Under the lock: brings the folder in order, and adds this start to its description.
async function prepare(
  folder: string,
  { restartBehavior, config, warn }: Preparation,
): Promise<string | undefined> {
  const { isNew, starts, problem } = await look(folder, restartBehavior);
  const anew = restartBehavior === "overwrite" && !isNew;
  if (anew) removeRun(folder);
  else removeLeftovers(folder);
  const checkpoints = join(folder, CHECKPOINTS);
  const newest = existsSync(checkpoints) ? await putInOrder(checkpoints, warn) : undefined;
  if (problem !== undefined) {
    warn(
      `${join(folder, RUN_FILE)} is ${problem}; the run is known by its checkpoints, and the file is made again`,
    );
  }
  writeRunFile(folder, anew ? [] : starts, config, problem === "damaged");
  syncFolder(dirname(folder));
  return newest;
}

// Where the newest whole checkpoint is. Damaged ones go to a folder of their own, where nothing replaces them.
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
