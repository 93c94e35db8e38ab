/** Which files of a run's folder belong to the library: only those may be removed. */

import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RUN_FILE } from "./run-file.js";
import { LOCK_FILE } from "./run-lock.js";

/** Name of the folder of checkpoints. */
export const CHECKPOINTS = "checkpoints";

// Name for checkpoints that are being removed when a run is overwritten.
const REMOVED = ".checkpoints.removed";

/** Whether a file with this name is a log of a run. */
export function isLog(name: string): boolean {
  return /^progress\.(csv|jsonl)(\.tmp)?$|^events\.out\.tfevents\./.test(name);
}

/** The contents of a folder, except leftovers of an interrupted start. */
export function contentsOf(folder: string): string[] {
  return readdirSync(folder).filter(
    (name) => !name.startsWith(LOCK_FILE) && name !== `${RUN_FILE}.tmp` && name !== REMOVED,
  );
}

/**
 * The path of a file that the library does not write into a run's folder; `undefined` when there is none. Its own files
 * are `run.json`, logs, checkpoints and recorded episodes, at any depth; links are foreign.
 */
export function foreignFile(folder: string): string | undefined {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const known = entry.name.startsWith(RUN_FILE) || entry.name.startsWith(LOCK_FILE) || isOwn(entry.name);
    const foreign = entry.isDirectory() ? foreignFile(path) : entry.isFile() && known ? undefined : path;
    if (foreign !== undefined) return foreign;
  }
  return undefined;
}

function isOwn(name: string): boolean {
  return isLog(name) || /^(manifest\.json|state\.safetensors)$|-\d{6}\.gif$/.test(name);
}

/**
 * Removes a run from its folder, except the lock. If the process is killed during that, no checkpoint is left from which
 * the old run would continue.
 */
export function removeRun(folder: string): void {
  removeLeftovers(folder);
  const checkpoints = join(folder, CHECKPOINTS);
  if (existsSync(checkpoints)) renameSync(checkpoints, join(folder, REMOVED));
  for (const name of contentsOf(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  removeLeftovers(folder);
}

/** Removes leftovers of an interrupted start or removal. */
export function removeLeftovers(folder: string): void {
  for (const name of [`${RUN_FILE}.tmp`, REMOVED]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
