/** Where checkpoints are kept. */

import { InvalidArgumentError } from "../core/errors.js";

/** A place for checkpoints, each under a name. */
export interface CheckpointStore {
  /**
   * Keeps files under a name, replacing earlier ones; either all of them are kept or none.
   *
   * @param files in the order in which they are to be written
   * @returns where they are, in words or as a path
   * @throws CheckpointError when they cannot be written
   */
  write(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<string>;
  /**
   * Brings files back.
   *
   * @throws CheckpointError when there is no such checkpoint or it cannot be read
   */
  read(name: string): Promise<Map<string, Uint8Array>>;
  /** Names of all whole checkpoints, sorted. */
  list(): Promise<string[]>;
  /** Forgets a checkpoint; nothing happens when there is none. */
  remove(name: string): Promise<void>;
}

/**
 * Whether a name can be that of a checkpoint or of one of its files on every file system: 1 to 100
 * characters, no path, not beginning with a dot or a space.
 *
 * @throws InvalidArgumentError when it cannot
 */
export function checkCheckpointName(name: string): void {
  if (/^[^.\s/\\:*?"<>|\p{Cc}][^/\\:*?"<>|\p{Cc}]{0,99}$/u.test(name)) return;
  throw new InvalidArgumentError(
    "name",
    `expected 1 to 100 characters without / \\ : * ? " < > |, not beginning with a dot or a space; received ${JSON.stringify(name)}`,
  );
}
