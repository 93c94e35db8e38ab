/** Platform services used by trainers. Installed by `ncps-ts/node`; pages may install their own. */

import { inNode } from "tfjs-training/core";
import type { CheckpointLocation, CheckpointPlace, CheckpointStore } from "../../checkpoints/index.js";
import { InvalidStateError } from "../../core/errors.js";
import type { TrainerCallback } from "../callbacks/callback.js";

/** Services that a platform provides. */
export interface Host {
  /** The store and the name that a path refers to. */
  checkpointAt(path: string): CheckpointPlace;
  /** The checkpoint that a path refers to: itself, or the newest one of a folder or run. */
  checkpointToResume(path: string): Promise<CheckpointPlace>;
  /** The checkpoint store of a folder. */
  checkpoints(path: string): CheckpointStore;
  /** A progress bar for `learn({ progressBar: true })`. */
  progressBar(): TrainerCallback;
}

let installed: Host | undefined;

/** Makes the services of a platform available to all trainers. */
export function installHost(host: Host): void {
  installed = host;
}

/**
 * Returns the installed services.
 *
 * @param wanted what needs the services, for the error message
 * @param inPages what to do in a page instead
 * @throws InvalidStateError when none are installed; the message says what to import
 */
export function host(wanted: string, inPages: string): Host {
  if (installed) return installed;
  throw new InvalidStateError(
    inNode()
      ? `${wanted} needs the services of Node: import "ncps-ts/node" first`
      : `${wanted} is for Node. In a page, ${inPages}`,
  );
}

/** Returns the installed services for a checkpoint path. */
export function hostForPath(path: string): Host {
  return host(
    `the path "${path}"`,
    "pass a store: `{ store, name }` for one checkpoint, a store for several",
  );
}

/** The store and the name of a checkpoint location. */
export function locate(location: CheckpointLocation): CheckpointPlace {
  return typeof location === "string" ? hostForPath(location).checkpointAt(location) : location;
}

/** The store and the name of the checkpoint to resume from. */
export async function locateNewest(location: CheckpointLocation): Promise<CheckpointPlace> {
  return typeof location === "string" ? hostForPath(location).checkpointToResume(location) : location;
}
