/** The sequences of a downloaded archive as files. */

import { type FileHandle, open, readdir } from "node:fs/promises";
import { Unzip, UnzipInflate } from "fflate";
import { DatasetError } from "../../core/errors.js";
import { readCloningSequence } from "../../datasets/cloning-format.js";
import { attempt, cloningFolder } from "./cloning-folder.js";

const CHUNK = 2 ** 20;
const LONGEST_COMMENT = 65535;
const END_SIZE = 22;
const UNKNOWN = 0xffff; // the number is in the zip64 directory

/**
 * Writes the `train_*.npz` and `val_*.npz` of an archive, whatever folder they are in there, into a folder. One
 * sequence is in memory at a time; each is checked whole before it is written, and those that are there already are
 * left alone: so an interrupted call can be repeated.
 *
 * @param onFile hears of each new file
 * @throws DatasetError when the archive is cut off or damaged, or the disk is full; finished files stay
 */
export async function extractCloning(
  archive: string,
  folder: string,
  onFile?: (count: number) => void,
): Promise<void> {
  const handle = await attempt(`${archive} cannot be read`, () => open(archive, "r"));
  try {
    const entries = await countEntries(handle, archive);
    const there = new Set(await readdir(folder).catch(() => []));
    const sink = cloningFolder(folder);
    const finished: { name: string; bytes: Uint8Array }[] = [];
    let [seen, written] = [0, 0];
    const unzip = new Unzip((entry) => {
      seen++;
      const name = entry.name.replace(/^.*\//, "");
      if (!/^(train|val)_.*\.npz$/.test(name) || there.has(name)) return;
      const chunks: Uint8Array[] = [];
      entry.ondata = (error, chunk, final) => {
        if (error)
          throw new DatasetError(`${archive}: ${name} is damaged: ${error.message}`, { cause: error });
        chunks.push(chunk);
        if (final) finished.push({ name, bytes: concatenate(chunks) });
      };
      entry.start();
    });
    unzip.register(UnzipInflate);
    const { size } = await handle.stat();
    for (let position = 0; position < size; position += CHUNK) {
      const chunk = new Uint8Array(Math.min(CHUNK, size - position));
      await attempt(`${archive} cannot be read`, () => handle.read(chunk, 0, chunk.length, position));
      push(unzip, chunk, position + CHUNK >= size, archive);
      for (const { name, bytes } of finished.splice(0)) {
        readCloningSequence(bytes, `${archive}: ${name}`); // throws when it is damaged
        await sink.write(name, bytes);
        onFile?.(++written);
      }
    }
    if (entries !== undefined && seen !== entries) {
      throw new DatasetError(
        `${archive} is damaged: its directory names ${entries} files, there are ${seen}`,
      );
    }
  } finally {
    await handle.close();
  }
}

function push(unzip: Unzip, chunk: Uint8Array, final: boolean, archive: string): void {
  try {
    unzip.push(chunk, final);
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`${archive} is damaged: ${(cause as Error).message}`, { cause });
  }
}

// The directory at the end tells whether the archive is whole.
async function countEntries(handle: FileHandle, archive: string): Promise<number | undefined> {
  const { size } = await handle.stat();
  const tail = Buffer.alloc(Math.min(size, END_SIZE + LONGEST_COMMENT));
  await handle.read(tail, 0, tail.length, size - tail.length);
  const at = tail.lastIndexOf(Uint8Array.of(0x50, 0x4b, 5, 6));
  if (at < 0 || at + END_SIZE > tail.length) {
    throw new DatasetError(`${archive} is damaged: it has no zip directory, so it is cut off or no zip file`);
  }
  const count = tail.readUInt16LE(at + 10);
  return count === UNKNOWN ? undefined : count;
}

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
