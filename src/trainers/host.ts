/** What trainers want of the platform; `ncps-ts/node` installs it, browsers may bring their own. */

import type { CheckpointStore } from "../checkpoints/index.js";
import { InvalidStateError } from "../core/errors.js";
import type { TrainerCallback } from "./callback.js";

/** Where a checkpoint is: a name in a store. */
export interface CheckpointPlace {
  /** The store. */
  store: CheckpointStore;
  /** Name of the checkpoint in it. */
  name: string;
}

/** Services of a platform. */
export interface Host {
  /** Store and name behind a path. */
  checkpointAt(path: string): CheckpointPlace;
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
 * @throws InvalidStateError when there are none; the message says what to import
 */
export function host(wanted: string): Host {
  if (!installed) {
    throw new InvalidStateError(
      `${wanted} needs a platform: import "ncps-ts/node" first (in Node), or call installHost()`,
    );
  }
  return installed;
}

/** Where a checkpoint is: a path (with `ncps-ts/node`), or a store and a name in it. */
export type CheckpointLocation = string | CheckpointPlace;

/** Store and name of a location. */
export function locate(location: CheckpointLocation): CheckpointPlace {
  return typeof location === "string" ? host(`the path "${location}"`).checkpointAt(location) : location;
}
