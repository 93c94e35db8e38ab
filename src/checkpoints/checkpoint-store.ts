/** Where checkpoints are kept. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Pieces } from "./pieces.js";

/** Files of a checkpoint by name, each in pieces; `manifest.json` comes last. */
export type CheckpointFiles = ReadonlyMap<string, Pieces>;

/**
 * A place for checkpoints, each under a name. Files come and go in pieces, so that one of many gigabytes needs no
 * memory.
 *
 * @example
 * ```ts
 * // What is kept is gone with the page.
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
   * Keeps files under a name, replacing earlier ones; either all of them are kept or none.
   *
   * @param files to be taken one after the other, in their order. Pieces may be views of what is being saved: use or
   *   copy each before taking the next
   * @returns where they are, in words or as a path
   * @throws CheckpointError when they cannot be written
   */
  write(name: string, files: CheckpointFiles): Promise<string>;
  /**
   * Brings files back. They are read once each, and some may not be read at all.
   *
   * @throws CheckpointError when there is no such checkpoint or it cannot be read
   */
  read(name: string): Promise<CheckpointFiles>;
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
