/** Checkpoints as folders on disk. */

import type { Dirent } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { STATE_FILE } from "../checkpoints/checkpoint.js";
import {
  type CheckpointFiles,
  type CheckpointStore,
  checkCheckpointName,
} from "../checkpoints/checkpoint-store.js";
import { MANIFEST_FILE } from "../checkpoints/manifest.js";
import { LONGEST_PIECE, type Pieces } from "../checkpoints/pieces.js";
import { CheckpointError, NcpsError } from "../core/errors.js";
import { reasonOf } from "./disk-failure.js";

const HOUR = 3_600_000;

/**
 * Stores each checkpoint as a folder of files in one directory, which is created when missing.
 *
 * A checkpoint is written to a hidden folder, synced to the disk, and only then renamed, so a
 * process killed at any moment leaves either the new checkpoint or the complete previous one. While one is
 * replaced, the old folder is kept as `.<name>.old` until the new one has been renamed; `read` falls
 * back to it. Unfinished folders (`.<name>.tmp`) are ignored and removed by the next `write` of that name; the first
 * `write` removes those of all names untouched for an hour, {@link FileCheckpointStore.sweep} removes them immediately.
 *
 * Different checkpoints of one directory may be written concurrently; the same one only by one process at a time.
 *
 * @example
 * ```ts
 * const store = new FileCheckpointStore("runs/breakout");
 * await writeCheckpoint(store, "last", { kind: "ppo", config, state });
 * await store.list(); // ["last"]
 * ```
 */
export class FileCheckpointStore implements CheckpointStore {
  private queue: Promise<unknown> = Promise.resolve();
  private swept = false;

  /** @param directory the directory of the folders, absolute or relative to the working directory */
  constructor(readonly directory: string) {}

  /**
   * Writes files under a name, replacing earlier ones.
   *
   * @returns path of the folder
   * @throws CheckpointError when the disk is full, the directory is read-only, or anything else goes
   *   wrong; an earlier checkpoint of that name is then still there. Also when something that is not a
   *   checkpoint has this name
   */
  write(name: string, files: CheckpointFiles): Promise<string> {
    return this.inTurn(`cannot write "${name}" to`, async () => {
      for (const each of [name, ...files.keys()]) checkCheckpointName(each);
      const { folder, old, temporary } = this.paths(name);
      try {
        await mkdir(this.directory, { recursive: true });
        if (!this.swept) await this.sweepOlderThan(HOUR).catch(() => {}); // files that cannot be removed do no harm
        this.swept = true;
        await rm(temporary, { recursive: true, force: true });
        await mkdir(temporary);
        for (const [file, pieces] of files) await writeSynced(join(temporary, file), pieces);
        await syncFolder(temporary);
        if (await exists(folder)) {
          await mustHoldOnly(folder, files);
          await rm(old, { recursive: true, force: true });
          await rename(folder, old);
        }
        await rename(temporary, folder);
        await syncFolder(this.directory);
      } catch (cause) {
        await this.undo(name).catch(() => {});
        throw cause;
      }
      await rm(old, { recursive: true, force: true }).catch(() => {}); // the next write tries again
      return folder;
    });
  }

  // After a failed write: restores the earlier checkpoint, and frees the disk space.
  private async undo(name: string): Promise<void> {
    const { folder, old, temporary } = this.paths(name);
    if (!(await exists(folder)) && (await exists(old))) await rename(old, folder);
    await rm(temporary, { recursive: true, force: true });
  }

  /**
   * Returns the files. Each is opened when it is read: read them before the same name is written again.
   *
   * @throws CheckpointError when there is no such checkpoint; reading a file throws it when it cannot be read
   */
  read(name: string): Promise<CheckpointFiles> {
    return this.inTurn(`cannot read "${name}" from`, async () => {
      checkCheckpointName(name);
      const { folder, old } = this.paths(name);
      const whole = (await exists(folder)) ? folder : old;
      if (!(await exists(whole))) {
        throw new CheckpointError(
          `there is no checkpoint "${name}" in ${this.directory}; there are: ${(await this.names()).join(", ") || "none"}`,
        );
      }
      const entries = await readdir(whole, { withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      return new Map(files.map((file) => [file, reading(join(whole, file))]));
    });
  }

  /** @inheritDoc */
  list(): Promise<string[]> {
    return this.inTurn("cannot list", () => this.names());
  }

  /**
   * Removes a checkpoint; does nothing when there is none.
   *
   * @throws CheckpointError when it cannot be removed, or is not a checkpoint
   */
  remove(name: string): Promise<void> {
    return this.inTurn(`cannot remove "${name}" from`, async () => {
      checkCheckpointName(name);
      const { folder, old, temporary } = this.paths(name);
      if ((await exists(folder)) && !(await exists(join(folder, MANIFEST_FILE)))) {
        throw new CheckpointError(`${folder} is not a checkpoint: it has no ${MANIFEST_FILE}`);
      }
      // Renamed first, so that a half-removed folder is never taken for a checkpoint.
      for (const each of [old, folder]) {
        await rm(temporary, { recursive: true, force: true });
        if (!(await exists(each))) continue;
        await rename(each, temporary);
        await syncFolder(this.directory); // a power cut must not bring it back
      }
      await rm(temporary, { recursive: true, force: true });
    });
  }

  /**
   * Removes what killed processes left behind while writing or removing checkpoints, and restores a checkpoint
   * that was being replaced. Only safe when no other process writes to the directory.
   *
   * @throws CheckpointError when something cannot be removed
   */
  sweep(): Promise<void> {
    return this.inTurn("cannot sweep", () => this.sweepOlderThan(Number.NEGATIVE_INFINITY));
  }

  private async sweepOlderThan(age: number): Promise<void> {
    for (const entry of await this.entries()) {
      const [, name, kind] = /^\.(.+)\.(tmp|old)$/.exec(entry.name) ?? [];
      if (name === undefined || !entry.isDirectory()) continue;
      const path = join(this.directory, entry.name);
      if (!(await onlyOfCheckpoint(path)) || Date.now() - (await lastChange(path)) < age) continue;
      const { folder } = this.paths(name);
      if (kind === "old" && !(await exists(folder))) await rename(path, folder);
      else await rm(path, { recursive: true, force: true });
    }
  }

  private entries(): Promise<Dirent[]> {
    return readdir(this.directory, { withFileTypes: true }).catch((error) => {
      if (error.code === "ENOENT") return []; // nothing was written yet
      throw error;
    });
  }

  private async names(): Promise<string[]> {
    const names = new Set<string>();
    const entries = await this.entries();
    for (const entry of entries.filter((e) => e.isDirectory())) {
      const name = /^\.(.+)\.old$/.exec(entry.name)?.[1] ?? entry.name;
      const isCheckpoint = await exists(join(this.directory, entry.name, MANIFEST_FILE));
      if (isCheckpoint && !name.startsWith(".")) names.add(name);
    }
    return [...names].sort();
  }

  private paths(name: string): { folder: string; old: string; temporary: string } {
    const { directory } = this;
    return {
      folder: join(directory, name),
      old: join(directory, `.${name}.old`),
      temporary: join(directory, `.${name}.tmp`),
    };
  }

  // Runs calls one after the other, so that two writes of one name do not overlap.
  private inTurn<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(act).catch((cause) => {
      throw failure(`${what} ${this.directory}`, cause);
    });
    this.queue = result.catch(() => {});
    return result;
  }
}

// Protects a user's files in a folder that has the name of a checkpoint.
async function mustHoldOnly(folder: string, files: CheckpointFiles): Promise<void> {
  const foreign = (await readdir(folder)).filter((file) => !files.has(file) && !file.startsWith("."));
  if (foreign.length > 0) {
    throw new CheckpointError(
      `${folder} holds files that are not of a checkpoint: ${foreign.join(", ")}. Move them or choose another name`,
    );
  }
}

// A hidden folder of another program may end in .tmp as well.
async function onlyOfCheckpoint(folder: string): Promise<boolean> {
  return (await readdir(folder)).every((file) => file === MANIFEST_FILE || file === STATE_FILE);
}

// The time of the last write to anything in a folder.
async function lastChange(folder: string): Promise<number> {
  const paths = [folder, ...(await readdir(folder)).map((file) => join(folder, file))];
  return Math.max(...(await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))));
}

/** Writes a file and waits until it is synced to the disk. */
export async function writeSynced(path: string, pieces: Pieces): Promise<void> {
  const file = await open(path, "wx");
  try {
    for await (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        at += (await file.write(piece.subarray(at, at + LONGEST_PIECE))).bytesWritten;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

function reading(path: string): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* readPieces(path);
      } catch (cause) {
        throw failure(`cannot read ${path}`, cause);
      }
    },
  };
}

async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    for (let left = (await file.stat()).size; left > 0; ) {
      const piece = new Uint8Array(Math.min(left, LONGEST_PIECE));
      const { bytesRead } = await file.read(piece);
      if (bytesRead === 0) return;
      left -= bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder durable. Windows cannot open folders, and does not need it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether a file or folder exists. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Describes a file system failure, and what helps. */
export function failure(what: string, cause: unknown): NcpsError {
  if (cause instanceof NcpsError) return cause;
  return new CheckpointError(`${what}: ${reasonOf(cause)}`, { cause });
}
