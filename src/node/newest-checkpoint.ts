/** Selection of the checkpoint that a run is resumed from. */

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CheckpointPlace, inspectCheckpoint, MANIFEST_FILE } from "../checkpoints/index.js";
import { CheckpointError } from "../core/errors.js";
import { FileCheckpointStore } from "./checkpoint-files.js";
import { codeOf } from "./disk-failure.js";

/** The newest intact checkpoint of a folder, and newer ones that are damaged. */
export interface NewestCheckpoint {
  /** Its name. */
  name: string;
  /** Names of newer checkpoints that cannot be used. */
  damaged: string[];
}

/** Name of the checkpoint with the highest number in its name, as `step-000000204800`; `undefined` when there is none. */
export async function newestCheckpoint(folder: string): Promise<string | undefined> {
  return (await fromNewest(folder))[0];
}

async function fromNewest(folder: string): Promise<string[]> {
  return (await new FileCheckpointStore(folder).list())
    .map((name) => ({ name, number: Number(/\d+$/.exec(name)?.[0] ?? -1) }))
    .sort((a, b) => b.number - a.number)
    .map(({ name }) => name);
}

/**
 * The newest checkpoint of a folder whose files are all intact; `undefined` when the folder has no checkpoints.
 * Every file is read for this.
 *
 * @param warn called for each damaged checkpoint
 * @throws CheckpointError when all are damaged, or one cannot be read at present
 */
export async function newestWholeCheckpoint(
  folder: string,
  warn: (text: string) => void,
): Promise<NewestCheckpoint | undefined> {
  const store = new FileCheckpointStore(folder);
  const names = await fromNewest(folder);
  const reasons: string[] = [];
  for (const [i, name] of names.entries()) {
    try {
      await inspectCheckpoint(await store.read(name));
    } catch (error) {
      if (!isDamage(error)) throw error;
      reasons.push(`the checkpoint ${join(folder, name)} cannot be used: ${(error as Error).message}`);
      continue;
    }
    const damaged = names.slice(0, i);
    for (const reason of reasons) warn(`${reason}. The one before it is used: ${name}`);
    return { name, damaged };
  }
  if (names.length === 0) return undefined;
  throw new CheckpointError(
    `${reasons[0]}; nor can any before it (${names.length} in all). To start from scratch, move them away`,
  );
}

// As opposed to a temporary inability to read it, such as no permission or too many open files.
function isDamage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = cause instanceof CheckpointError ? undefined : codeOf(cause);
    if (code !== undefined && /^E[A-Z]+$/.test(code) && code !== "EIO") return false;
  }
  return error instanceof CheckpointError;
}

/**
 * The checkpoint that a path refers to: the path itself, or the newest intact one of a folder of checkpoints or of a
 * run's folder. Damaged ones are reported by `console.warn` and kept.
 *
 * @throws CheckpointError when there is none, or all are damaged
 */
export async function checkpointToResume(path: string): Promise<CheckpointPlace> {
  const place = { store: new FileCheckpointStore(dirname(path)), name: basename(path) };
  if ((await place.store.list()).includes(place.name)) return place;
  for (const folder of [join(path, "checkpoints"), path]) {
    const newest = existsSync(folder) ? await newestWholeCheckpoint(folder, console.warn) : undefined;
    if (newest !== undefined) return { store: new FileCheckpointStore(folder), name: newest.name };
  }
  throw new CheckpointError(
    `there is no checkpoint in ${path}: expected a folder with ${MANIFEST_FILE}, one that holds checkpoints, or a run's folder`,
  );
}
