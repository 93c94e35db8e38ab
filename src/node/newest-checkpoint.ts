/** Which checkpoint a run is resumed from. */

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CheckpointPlace, MANIFEST_FILE } from "../checkpoints/index.js";
import { CheckpointError } from "../core/errors.js";
import { FileCheckpointStore } from "./checkpoint-files.js";

/** Name of the checkpoint with the highest number in its name, as `step-000000204800`; `undefined` when there is none. */
export async function newestCheckpoint(folder: string): Promise<string | undefined> {
  const numbered = (await new FileCheckpointStore(folder).list())
    .map((name) => ({ name, number: Number(/\d+$/.exec(name)?.[0] ?? -1) }))
    .sort((a, b) => b.number - a.number);
  return numbered[0]?.name;
}

/**
 * The checkpoint that a path means: the path itself, or the newest one of a folder of checkpoints or of a
 * run's folder.
 *
 * @throws CheckpointError when there is none
 */
export async function checkpointToResume(path: string): Promise<CheckpointPlace> {
  const place = { store: new FileCheckpointStore(dirname(path)), name: basename(path) };
  if ((await place.store.list()).includes(place.name)) return place;
  for (const folder of [join(path, "checkpoints"), path]) {
    const name = existsSync(folder) ? await newestCheckpoint(folder) : undefined;
    if (name !== undefined) return { store: new FileCheckpointStore(folder), name };
  }
  throw new CheckpointError(
    `there is no checkpoint in ${path}: expected a folder with ${MANIFEST_FILE}, one that holds checkpoints, or a run's folder`,
  );
}
