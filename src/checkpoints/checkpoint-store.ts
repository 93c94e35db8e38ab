/** The interface of checkpoint stores. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Pieces } from "./pieces.js";

/** Files of a checkpoint by name, each in pieces; `manifest.json` is the last. */
export type CheckpointFiles = ReadonlyMap<string, Pieces>;

/**
 * Storage of checkpoints by name. Files are streamed in pieces, so that even one of many gigabytes is never in memory
 * as a whole.
 *
 * @example
 * ```ts
 * // Keeps checkpoints until the page is closed.
 * const kept = new Map<string, Map<string, Blob[]>>();
 * const store: CheckpointStore = {
 *   async write(name, files) {
 *     const copies = new Map<string, Blob[]>();
 *     for (const [file, pieces] of files) {
 *       const blobs: Blob[] = [];
 *       for await (const piece of pieces) blobs.push(new Blob([piece.slice()]));
 *       copies.set(file, blobs);
 *     }
 *     kept.set(name, copies);
 *     return name;
 *   },
 *   read: async (name) => new Map([...kept.get(name)!].map(([file, blobs]) => [file, piecesOf(blobs)])),
 *   list: async () => [...kept.keys()].sort(),
 *   remove: async (name) => void kept.delete(name),
 * };
 * async function* piecesOf(blobs: Blob[]) {
 *   for (const blob of blobs) yield new Uint8Array(await blob.arrayBuffer());
 * }
 * ```
 */
export interface CheckpointStore {
  /**
   * Writes files under a name, replacing earlier ones; either all of them are written or none.
   *
   * @param files files to be read one after the other, in this order. Pieces may be views of what is being saved: use
   *   or copy each before taking the next
   * @returns where they are, as a description or a path
   * @throws CheckpointError when they cannot be written
   */
  write(name: string, files: CheckpointFiles): Promise<string>;
  /**
   * Reads files. Each is read once at most, and some may not be read at all.
   *
   * @throws CheckpointError when there is no such checkpoint or it cannot be read
   */
  read(name: string): Promise<CheckpointFiles>;
  /** Names of all complete checkpoints, sorted. */
  list(): Promise<string[]>;
  /** Removes a checkpoint; does nothing when there is none. */
  remove(name: string): Promise<void>;
}

/**
 * Checks that a name can be used for a checkpoint or one of its files on every file system: 1 to 100
 * characters, no path, not beginning with a dot or a space.
 *
 * @throws InvalidArgumentError when it cannot be used
 */
export function checkCheckpointName(name: string): void {
  if (/^[^.\s/\\:*?"<>|\p{Cc}][^/\\:*?"<>|\p{Cc}]{0,99}$/u.test(name)) return;
  throw new InvalidArgumentError(
    "name",
    `expected 1 to 100 characters without / \\ : * ? " < > |, not beginning with a dot or a space; received ${JSON.stringify(name)}`,
  );
}
