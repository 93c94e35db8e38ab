/** Checkpoints as zip files on disk. */

import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type CheckpointFiles,
  type CheckpointStore,
  checkCheckpointName,
  unzipCheckpoint,
  type ZipSource,
  zipCheckpoint,
} from "../checkpoints/index.js";
import { CheckpointError } from "../core/errors.js";
import { exists, failure, syncFolder, writeSynced } from "./checkpoint-files.js";

/**
 * Stores each checkpoint as one file `<name>.zip` in a directory, which is created when missing: for checkpoints to be
 * shared. `trainer.save("runs/best.zip")` uses it.
 *
 * A file is written under a hidden name, synced to the disk, and only then renamed, so that a process killed at any
 * moment leaves the new checkpoint or the previous one. It is not compressed; files that were repacked by
 * another program can be read as well, deflated or not.
 *
 * @example
 * ```ts
 * const store = new ZipCheckpointStore("runs");
 * await trainer.save({ store, name: "best" }); // runs/best.zip
 * await store.list(); // ["best"]
 * ```
 */
export class ZipCheckpointStore implements CheckpointStore {
  private queue: Promise<unknown> = Promise.resolve();

  /** @param directory the directory of the files, absolute or relative to the working directory */
  constructor(readonly directory: string) {}

  /**
   * Writes files under a name, replacing earlier ones.
   *
   * @returns path of the zip file
   * @throws CheckpointError when it cannot be written; an earlier checkpoint of that name is then still there
   */
  write(name: string, files: CheckpointFiles): Promise<string> {
    return this.inTurn(`cannot write "${name}.zip" to`, async () => {
      for (const each of [name, ...files.keys()]) checkCheckpointName(each);
      const temporary = join(this.directory, `.${name}.zip.tmp`);
      try {
        await mkdir(this.directory, { recursive: true });
        await rm(temporary, { force: true });
        await writeSynced(temporary, zipCheckpoint(files));
        await rename(temporary, this.path(name));
        await syncFolder(this.directory);
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => {});
        throw cause;
      }
      return this.path(name);
    });
  }

  /**
   * Returns the files. Each is read when it is used: use them before the same name is written again.
   *
   * @throws CheckpointError when there is no such file; reading an entry throws it when it cannot be read
   */
  read(name: string): Promise<CheckpointFiles> {
    return this.inTurn(`cannot read "${name}.zip" from`, async () => {
      checkCheckpointName(name);
      const path = this.path(name);
      if (!(await exists(path))) {
        const others = (await this.names()).join(", ") || "none";
        throw new CheckpointError(`there is no "${name}.zip" in ${this.directory}; there are: ${others}`);
      }
      return unzipCheckpoint(await sourceOf(path), path);
    });
  }

  /** @inheritDoc */
  list(): Promise<string[]> {
    return this.inTurn("cannot list", () => this.names());
  }

  /** @inheritDoc */
  remove(name: string): Promise<void> {
    return this.inTurn(`cannot remove "${name}.zip" from`, async () => {
      checkCheckpointName(name);
      await rm(this.path(name), { force: true });
    });
  }

  private path(name: string): string {
    return join(this.directory, `${name}.zip`);
  }

  private async names(): Promise<string[]> {
    const entries = await readdir(this.directory, { withFileTypes: true }).catch((error) => {
      if (error.code === "ENOENT") return []; // nothing was written yet
      throw error;
    });
    return entries
      .filter((entry) => entry.isFile() && /^[^.].*\.zip$/.test(entry.name))
      .map((entry) => entry.name.slice(0, -".zip".length))
      .sort();
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

async function sourceOf(path: string): Promise<ZipSource> {
  const { size } = await stat(path);
  return {
    size,
    async read(begin, end) {
      const file = await open(path, "r").catch((cause) => {
        throw failure(`cannot read ${path}`, cause);
      });
      try {
        const bytes = new Uint8Array(Math.max(0, end - begin));
        let at = 0;
        while (at < bytes.length) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, begin + at);
          if (bytesRead === 0) break;
          at += bytesRead;
        }
        return bytes.subarray(0, at);
      } catch (cause) {
        throw failure(`cannot read ${path}`, cause);
      } finally {
        await file.close();
      }
    },
  };
}
