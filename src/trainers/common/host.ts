/** What trainers want of the platform; `ncps-ts/node` installs it, browsers may bring their own. */

import { inNode } from "tfjs-training/core";
import type { CheckpointLocation, CheckpointPlace, CheckpointStore } from "../../checkpoints/index.js";
import { InvalidStateError } from "../../core/errors.js";
import type { TrainerCallback } from "../callbacks/callback.js";

/** Services of a platform. */
export interface Host {
  /** Store and name behind a path. */
  checkpointAt(path: string): CheckpointPlace;
  /** The checkpoint that a path means: itself, or the newest one of a folder or of a run. */
  checkpointToResume(path: string): Promise<CheckpointPlace>;
  /** The checkpoints of a folder. */
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
 * The installed services.
 *
 * @param wanted what needs them
 * @param inPages what to do in a page
 * @throws InvalidStateError when there are none; the message says what to import
 */
export function host(wanted: string, inPages: string): Host {
  if (installed) return installed;
  throw new InvalidStateError(
    inNode()
      ? `${wanted} needs the services of Node: import "ncps-ts/node" first`
      : `${wanted} is for Node. In a page, ${inPages}`,
  );
}

/** The installed services for a path. */
export function hostForPath(path: string): Host {
  return host(
    `the path "${path}"`,
    "pass a store: `{ store, name }` for one checkpoint, a store for several",
  );
}

/** Store and name of a location. */
export function locate(location: CheckpointLocation): CheckpointPlace {
  return typeof location === "string" ? hostForPath(location).checkpointAt(location) : location;
}

/** Store and name of the checkpoint that a run is resumed from. */
export async function locateNewest(location: CheckpointLocation): Promise<CheckpointPlace> {
  return typeof location === "string" ? hostForPath(location).checkpointToResume(location) : location;
}
