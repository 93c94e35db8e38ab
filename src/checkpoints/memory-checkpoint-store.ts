/** Checkpoints in memory. */

import { CheckpointError } from "../core/errors.js";
import { type CheckpointStore, checkCheckpointName } from "./checkpoint-store.js";

/**
 * Keeps checkpoints in memory: for tests, and for pages that put the files elsewhere.
 *
 * @example
 * ```ts
 * const store = new MemoryCheckpointStore();
 * await store.write("last", await encodeCheckpoint(checkpoint));
 * ```
 */
export class MemoryCheckpointStore implements CheckpointStore {
  private readonly checkpoints = new Map<string, Map<string, Uint8Array>>();

  /** @inheritDoc */
  async write(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
    for (const each of [name, ...files.keys()]) checkCheckpointName(each);
    this.checkpoints.set(name, copy(files));
    return name;
  }

  /** @inheritDoc */
  async read(name: string): Promise<Map<string, Uint8Array>> {
    const files = this.checkpoints.get(name);
    if (files) return copy(files);
    const others = (await this.list()).join(", ") || "none";
    throw new CheckpointError(`there is no checkpoint "${name}"; there are: ${others}`);
  }

  /** @inheritDoc */
  async list(): Promise<string[]> {
    return [...this.checkpoints.keys()].sort();
  }

  /** @inheritDoc */
  async remove(name: string): Promise<void> {
    this.checkpoints.delete(name);
  }
}

function copy(files: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].map(([name, bytes]) => [name, bytes.slice()]));
}
