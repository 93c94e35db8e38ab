/** Checkpoints in memory. */

import { CheckpointError } from "../core/errors.js";
import { type CheckpointFiles, type CheckpointStore, checkCheckpointName } from "./checkpoint-store.js";

/**
 * Stores checkpoints in memory: for tests, and for pages that store the files elsewhere.
 *
 * @example
 * ```ts
 * const store = new MemoryCheckpointStore();
 * await trainer.save({ store, name: "last" });
 * const files = await store.read("last");
 * const download = new Blob([...files.get("state.safetensors")]);
 * ```
 */
export class MemoryCheckpointStore implements CheckpointStore {
  private readonly checkpoints = new Map<string, Map<string, Uint8Array[]>>();

  /** @inheritDoc */
  async write(name: string, files: CheckpointFiles): Promise<string> {
    for (const each of [name, ...files.keys()]) checkCheckpointName(each);
    const kept = new Map<string, Uint8Array[]>();
    for (const [file, pieces] of files) {
      const copies: Uint8Array[] = [];
      for await (const piece of pieces) copies.push(piece.slice());
      kept.set(file, copies);
    }
    this.checkpoints.set(name, kept);
    return name;
  }

  /**
   * Returns copies of the files.
   *
   * @throws CheckpointError when there is no such checkpoint
   */
  async read(name: string): Promise<Map<string, Iterable<Uint8Array>>> {
    const files = this.checkpoints.get(name);
    if (files) return new Map([...files].map(([file, pieces]) => [file, copiesOf(pieces)]));
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

// Copies one piece at a time.
function copiesOf(pieces: readonly Uint8Array[]): Iterable<Uint8Array> {
  return {
    *[Symbol.iterator]() {
      for (const piece of pieces) yield piece.slice();
    },
  };
}
