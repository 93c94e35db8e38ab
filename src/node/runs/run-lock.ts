/** The lock of a run's folder: one process at a time writes there. */

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
import { lookFor, type ProcessIdentity, thisProcess } from "./process-identity.js";

/** Name of the file that says who writes to the folder. */
export const LOCK_FILE = "run.lock";

// Between signs of life. A holder on another machine that gave none for so many minutes is taken for dead.
const BEAT_SECONDS = 30;
const SILENT_MINUTES = 10;
// A lock is written as soon as it is made: one that is empty for longer was left by a process that died in between.
const UNWRITTEN_SECONDS = 5;

/**
 * A run's folder is written to by another process, or was opened twice by this one. Code `RUN_LOCKED`; the
 * message says which process, and what to do.
 */
export class RunLockedError extends NcpsError {
  /** Number of the process that has the folder. */
  readonly pid: number;
  /** The machine on which it runs. */
  readonly host: string;

  /** @param message who has the folder, and what to do · @param holder that process */
  constructor(message: string, { pid, host }: { pid: number; host: string }) {
    super("RUN_LOCKED", message);
    this.pid = pid;
    this.host = host;
  }
}

interface Holder extends ProcessIdentity {
  /** When the lock was made, as ISO 8601. */
  since: string;
  /** Differs between all locks. */
  token: string;
}

/** The lock of a folder, held until {@link RunLock.release} or the end of the process. */
export interface RunLock {
  /** Throws a {@link RunLockedError} when another process has taken the folder meanwhile. */
  check(): void;
  /** Gives the folder free. */
  release(): void;
}

const held = new Set<RunLock>();
process.on("exit", () => {
  for (const lock of held) lock.release();
});

/**
 * Locks a folder. The lock of a process that is gone is taken over, also when several processes try it at once:
 * one of them gets it.
 *
 * @param folder the run's folder, which is there · @param warn is told when a silent process loses its lock
 * @throws RunLockedError when another process, or this one, has it
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
      // A disk that does not answer now may do so at the next beat.
    }
  }, BEAT_SECONDS * 1000);
  beat.unref();
  const isOurs = () => {
    try {
      return read(path)?.holder?.token === holder.token;
    } catch {
      return !lost; // it cannot be read now, as with too many open files
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
        // Left behind, it is taken over like that of a process that was killed.
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
    if (!found) continue; // given free in this moment
    if (!isAbandoned(found, folder, warn)) {
      await sleep(100);
      continue;
    }
    // Who removes an abandoned lock must hold another one: else two could, the second one a lock that is alive.
    const remover = `${path}.remover`;
    const guard = await take(remover, folder, () => {}).catch((error) => {
      if (!(error instanceof RunLockedError)) throw error;
    });
    if (!guard) {
      await sleep(20); // another one is removing it
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

// False while it is just being written; throws when its holder lives.
function isAbandoned({ holder, stats }: Found, folder: string, warn: (text: string) => void): boolean {
  const silent = (Date.now() - stats.mtimeMs) / 1000;
  if (!holder) return Math.abs(silent) > UNWRITTEN_SECONDS;
  const state = lookFor(holder);
  if (state === "gone") return true;
  const by = describe(holder);
  if (state === "elsewhere" && silent > SILENT_MINUTES * 60) {
    warn(
      `${folder} is taken over from ${by}, which gave no sign of life for ${Math.round(silent / 60)} minutes`,
    );
    return true;
  }
  const remedy =
    holder.pid === process.pid && state === "running"
      ? "It is this one: call close() on that run before it is opened again"
      : state === "running"
        ? "Wait for its end, end it, or take another folder"
        : `If it runs no longer, remove ${join(folder, LOCK_FILE)}, or wait: a process that gives no sign of life for ${SILENT_MINUTES} minutes loses the folder`;
  throw new RunLockedError(`${folder} is in use by ${by}. ${remedy}`, holder);
}

function describe({ pid, host, since }: Holder): string {
  return `process ${pid} on ${host} since ${since}`;
}

// Whether the file was not there and is made now.
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
