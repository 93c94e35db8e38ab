/** Checkpoints by path, where the platform has files. */

import type { CheckpointLocation, CheckpointPlace, CheckpointStore } from "../../checkpoints/index.js";
import { PlatformService } from "../../core/platform.js";

/** What paths of checkpoints mean on a platform. */
export interface CheckpointPaths {
  /** The store and the name that a path refers to. */
  checkpointAt(path: string): CheckpointPlace;
  /** The checkpoint that a path refers to: itself, or the newest one of a folder or run. */
  checkpointToResume(path: string): Promise<CheckpointPlace>;
  /** The checkpoint store of a folder. */
  checkpoints(path: string): CheckpointStore;
}

/** Paths for `save`, `load`, `resume` and `CheckpointCallback`. */
export const checkpointPaths = new PlatformService<CheckpointPaths>("files");

function pathsFor(path: string): CheckpointPaths {
  return checkpointPaths.require(
    `the path "${path}"`,
    "pass a store: `{ store, name }` for one checkpoint, a store for several",
  );
}

/** The store that a path refers to, or the given store. */
export function checkpointStore(location: string | CheckpointStore): CheckpointStore {
  return typeof location === "string" ? pathsFor(location).checkpoints(location) : location;
}

/** The store and the name of a checkpoint location. */
export function locate(location: CheckpointLocation): CheckpointPlace {
  return typeof location === "string" ? pathsFor(location).checkpointAt(location) : location;
}

/** The store and the name of the checkpoint to resume from. */
export async function locateNewest(location: CheckpointLocation): Promise<CheckpointPlace> {
  return typeof location === "string" ? pathsFor(location).checkpointToResume(location) : location;
}
