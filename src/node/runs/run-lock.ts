/** The lock of a run's folder: one process at a time may write to it. */

import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NcpsError } from "../../core/errors.js";
import { codeOf } from "../disk-failure.js";
import { type ProcessIdentity, processStatus, thisProcess } from "./process-identity.js";

/** Name of the file that identifies the process that writes to the folder. */
export const LOCK_FILE = "run.lock";

// Heartbeat interval. A holder on another machine without a heartbeat for SILENT_MINUTES counts as dead.
const BEAT_SECONDS = 30;
const SILENT_MINUTES = 10;
// A lock is written as soon as it is created: one that is empty for longer was left by a process that died in between.
const UNWRITTEN_SECONDS = 5;

/**
 * Thrown when another process writes to a run's folder, or this one has opened it already. Code `RUN_LOCKED`; the
 * message says which process, and what to do.
 */
export class RunLockedError extends NcpsError {
  /** Id of the process that has locked the folder. */
  readonly pid: number;
  /** Host name of its machine. */
  readonly host: string;

  /** @param message who has locked the folder, and what to do · @param holder that process */
  constructor(message: string, { pid, host }: { pid: number; host: string }) {
    super("RUN_LOCKED", message);
    this.pid = pid;
    this.host = host;
  }
}

interface Holder extends ProcessIdentity {
  /** Time when the lock was created, as ISO 8601. */
  since: string;
  /** Unique for every lock. */
  token: string;
}

/** The lock of a folder, held until {@link RunLock.release} or the end of the process. */
export interface RunLock {
  /** Throws a {@link RunLockedError} when another process has taken over the folder. */
  check(): void;
  /** Unlocks the folder. */
  release(): void;
}

const held = new Set<RunLock>();
process.on("exit", () => {
  for (const lock of held) lock.release();
});

/**
 * Locks a folder. The lock of a process that no longer runs is taken over; if several processes try it at once,
 * one of them gets it.
 *
 * @param folder the run's folder, which must exist · @param warn called when a silent process loses its lock
 * @throws RunLockedError when another process, or this one, holds the lock
 */
export async function lockRun(folder: string, warn: (text: string) => void): Promise<RunLock> {
  const path = join(folder, LOCK_FILE);
  const holder = await take(path, folder, warn);
  let lost: Holder | undefined;
  const check = () => {
    if (lost) throw new RunLockedError(`${folder} was taken over by ${describe(lost)}`, lost);
  };
  const beat = setInterval(() => {
    try {
      const now = read(path);
      if (now?.holder && now.holder.token !== holder.token) lost = now.holder;
      else if (!now && !tryToMake(path, holder)) lost = read(path)?.holder;
      else utimesSync(path, new Date(), new Date());
    } catch {
      // A disk that does not respond now may do so at the next heartbeat.
    }
  }, BEAT_SECONDS * 1000);
  beat.unref();
  const isOurs = () => {
    try {
      return read(path)?.holder?.token === holder.token;
    } catch {
      return !lost; // it cannot be read at present, as with too many open files
    }
  };
  const lock = {
    check,
    release() {
      clearInterval(beat);
      if (!held.delete(lock)) return;
      try {
        if (isOurs()) rmSync(path, { force: true });
      } catch {
        // If it is left behind, it is taken over like that of a killed process.
      }
    },
  };
  held.add(lock);
  return lock;
}

async function take(path: string, folder: string, warn: (text: string) => void): Promise<Holder> {
  const token = `${process.pid}-${Math.random().toString(36).slice(2)}-${Date.now()}`;
  for (;;) {
    const holder: Holder = { ...thisProcess(), since: new Date().toISOString(), token };
    if (tryToMake(path, holder)) return holder;
    const found = read(path);
    if (!found) continue; // released just now
    if (!isAbandoned(found, folder, warn)) {
      await sleep(100);
      continue;
    }
    // Removing an abandoned lock requires another lock: else two processes could do it, and one remove a live lock.
    const remover = `${path}.remover`;
    const guard = await take(remover, folder, () => {}).catch((error) => {
      if (!(error instanceof RunLockedError)) throw error;
    });
    if (!guard) {
      await sleep(20); // another process is removing it
      continue;
    }
    const still = read(path);
    if (still && still.stats.ino === found.stats.ino && still.text === found.text)
      rmSync(path, { force: true });
    if (read(remover)?.holder?.token === guard.token) rmSync(remover, { force: true });
  }
}

interface Found {
  text: string;
  stats: Stats;
  holder?: Holder;
}

// False while it is being written; throws when its holder is alive.
function isAbandoned({ holder, stats }: Found, folder: string, warn: (text: string) => void): boolean {
  const silent = (Date.now() - stats.mtimeMs) / 1000;
  if (!holder) return Math.abs(silent) > UNWRITTEN_SECONDS;
  const state = processStatus(holder);
  if (state === "gone") return true;
  const by = describe(holder);
  if (state === "elsewhere" && silent > SILENT_MINUTES * 60) {
    warn(
      `${folder} is taken over from ${by}, which sent no heartbeat for ${Math.round(silent / 60)} minutes`,
    );
    return true;
  }
  const remedy =
    holder.pid === process.pid && state === "running"
      ? "It is this one: call close() on that run before it is opened again"
      : state === "running"
        ? "Wait for its end, end it, or take another folder"
        : `If it runs no longer, remove ${join(folder, LOCK_FILE)}, or wait: a process without a heartbeat for ${SILENT_MINUTES} minutes loses the folder`;
  throw new RunLockedError(`${folder} is in use by ${by}. ${remedy}`, holder);
}

function describe({ pid, host, since }: Holder): string {
  return `process ${pid} on ${host} since ${since}`;
}

// Creates the file; returns false if it exists.
function tryToMake(path: string, holder: Holder): boolean {
  let file: number;
  try {
    file = openSync(path, "wx");
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return true;
}

function read(path: string): Found | undefined {
  let file: number;
  try {
    if (!statSync(path).isFile()) throw Object.assign(new Error("not a file"), { code: "EISDIR" });
    file = openSync(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const text = readFileSync(file, "utf8");
    return { text, stats: fstatSync(file), holder: parse(text) };
  } finally {
    closeSync(file);
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    const whole = Number.isInteger(holder.pid) && typeof holder.host === "string" && holder.token;
    return whole ? holder : undefined;
  } catch {
    return undefined;
  }
}
