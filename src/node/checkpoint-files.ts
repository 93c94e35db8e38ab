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
 * Keeps each checkpoint as a folder of files in one directory, which is made when it is missing.
 *
 * A checkpoint is written to a hidden folder, synced to the disk, and only then renamed. So a
 * process killed at any moment leaves the new checkpoint or, whole, the one before it. When one is
 * replaced, the old folder waits as `.<name>.old` until the new one stands in its place; `read` falls
 * back on it. Unfinished folders (`.<name>.tmp`) are ignored and removed by the next `write` of that name; the first
 * `write` removes those of all names that nobody has touched for an hour, and {@link FileCheckpointStore.sweep} at once.
 *
 * Different checkpoints of one directory may be written at the same time; the same one by one
 * process at a time only.
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

  /** @param directory where the folders are, absolute or relative to the working directory */
  constructor(readonly directory: string) {}

  /**
   * Keeps files under a name, replacing earlier ones.
   *
   * @returns path of the folder
   * @throws CheckpointError when the disk is full, the directory is read-only, or anything else goes
   *   wrong; an earlier checkpoint of that name is then still there. Also when something that is not a
   *   checkpoint stands in its place
   */
  write(name: string, files: CheckpointFiles): Promise<string> {
    return this.inTurn(`cannot write "${name}" to`, async () => {
      for (const each of [name, ...files.keys()]) checkCheckpointName(each);
      const { folder, old, temporary } = this.paths(name);
      try {
        await mkdir(this.directory, { recursive: true });
        if (!this.swept) await this.sweepOlderThan(HOUR).catch(() => {}); // what cannot be removed harms nobody
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

  // After a failed write: puts the earlier checkpoint back in its place, and frees the disk.
  private async undo(name: string): Promise<void> {
    const { folder, old, temporary } = this.paths(name);
    if (!(await exists(folder)) && (await exists(old))) await rename(old, folder);
    await rm(temporary, { recursive: true, force: true });
  }

  /**
   * Brings files back. Each is opened when it is read: read them before the same name is written again.
   *
   * @throws CheckpointError when there is no such checkpoint, now; or it cannot be read, then
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
   * Forgets a checkpoint; nothing happens when there is none.
   *
   * @throws CheckpointError when it cannot be removed, or what stands there is not a checkpoint
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
        await syncFolder(this.directory); // it must not come back by a power cut
      }
      await rm(temporary, { recursive: true, force: true });
    });
  }

  /**
   * Removes what processes left that were killed while they wrote or removed a checkpoint, and puts a checkpoint back
   * in its place that was being replaced. Only for who writes here alone.
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

  // One call after the other, so that two writes of one name do not meet.
  private inTurn<Result>(what: string, act: () => Promise<Result>): Promise<Result> {
    const result = this.queue.then(act).catch((cause) => {
      throw failure(`${what} ${this.directory}`, cause);
    });
    this.queue = result.catch(() => {});
    return result;
  }
}

// Guards results of the user in a folder that has the name of a checkpoint.
async function mustHoldOnly(folder: string, files: CheckpointFiles): Promise<void> {
  const foreign = (await readdir(folder)).filter((file) => !files.has(file) && !file.startsWith("."));
  if (foreign.length > 0) {
    throw new CheckpointError(
      `${folder} holds files that are not of a checkpoint: ${foreign.join(", ")}. Move them or choose another name`,
    );
  }
}

// A hidden folder of somebody else may end in .tmp as well.
async function onlyOfCheckpoint(folder: string): Promise<boolean> {
  return (await readdir(folder)).every((file) => file === MANIFEST_FILE || file === STATE_FILE);
}

// When anything in a folder was last written to.
async function lastChange(folder: string): Promise<number> {
  const paths = [folder, ...(await readdir(folder)).map((file) => join(folder, file))];
  return Math.max(...(await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))));
}

/** Writes a file and waits until it is on the disk. */
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

/** Makes the names in a folder durable. Windows cannot open folders; its renames need no such help. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether there is a file or folder. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** What went wrong with a file, and what helps. */
export function failure(what: string, cause: unknown): NcpsError {
  if (cause instanceof NcpsError) return cause;
  return new CheckpointError(`${what}: ${reasonOf(cause)}`, { cause });
}
