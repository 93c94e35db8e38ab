/** A cloning data set in a folder. */

import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "../../core/errors.js";
import type { CloningSink } from "../../datasets/cloning-source.js";

/**
 * The files of a folder, which is created when the first one is written. A file is written under a temporary name and
 * then renamed: an interrupted write leaves no partial file.
 *
 * @example
 * ```ts
 * const train = await AtariCloningDataset.open(cloningFolder("data/breakout"), { split: "train" });
 * ```
 */
export function cloningFolder(path: string): CloningSink {
  return {
    description: path,
    list: () => attempt(`the folder ${path} cannot be read`, () => readdir(path)),
    read: (name) =>
      attempt(
        `${join(path, name)} cannot be read`,
        async () => new Uint8Array(await readFile(join(path, name))),
      ),
    write: (name, bytes) =>
      attempt(`${join(path, name)} cannot be written`, async () => {
        const temporary = join(path, `.${name}.tmp`);
        await mkdir(path, { recursive: true });
        try {
          await writeFile(temporary, bytes);
          await rename(temporary, join(path, name));
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => {});
          throw error;
        }
      }),
  };
}

/** Runs a file system operation. @throws DatasetError saying what was attempted, when it fails */
export async function attempt<T>(failure: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const hint = (cause as NodeJS.ErrnoException).code === "ENOSPC" ? " Make room and call again" : "";
    throw new DatasetError(`${failure}: ${(cause as Error).message}.${hint}`, { cause });
  }
}
