/** Interfaces of places that store the files of a data set. */

import { DatasetError } from "../core/errors.js";

/** Files by name: a folder (`cloningFolder` of `ncps-ts/node`), memory, or what a page fetches. */
export interface CloningSource {
  /** Name in error messages, e.g. a path. */
  readonly description: string;
  /** Names of all files, in any order. */
  list(): Promise<readonly string[]>;
  /** Bytes of one file. */
  read(name: string): Promise<Uint8Array>;
}

/** A {@link CloningSource} that files can be written to. */
export interface CloningSink extends CloningSource {
  /** Writes a file atomically. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/**
 * Files in memory: for tests, and for pages.
 *
 * @example
 * ```ts
 * const source = new MemoryCloningSource();
 * await source.write("train_00000.npz", writeCloningSequence(sequence));
 * const dataset = await AtariCloningDataset.open(source, { split: "train" });
 * ```
 */
export class MemoryCloningSource implements CloningSink {
  /** @inheritDoc */
  readonly description = "memory";
  private readonly files = new Map<string, Uint8Array>();

  /** @inheritDoc */
  async list(): Promise<string[]> {
    return [...this.files.keys()];
  }

  /** @throws DatasetError when there is no such file */
  async read(name: string): Promise<Uint8Array> {
    const bytes = this.files.get(name);
    if (bytes) return bytes;
    throw new DatasetError(`${name} is missing in ${this.description}`);
  }

  /** @inheritDoc */
  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.files.set(name, bytes);
  }
}
