/** Locations of checkpoints. */

import type { CheckpointStore } from "./checkpoint-store.js";

/** Where a checkpoint is: a name in a store. */
export interface CheckpointPlace {
  /** The store. */
  store: CheckpointStore;
  /** Name of the checkpoint in it. */
  name: string;
}

/** Where a checkpoint is: a path (with `ncps-ts/node`), or a store and a name in it. */
export type CheckpointLocation = string | CheckpointPlace;
