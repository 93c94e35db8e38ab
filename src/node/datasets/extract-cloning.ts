/** Extraction of the sequences from a downloaded archive. */

import { type FileHandle, open, readdir } from "node:fs/promises";
import {
  type ArchiveFailure,
  ArchiveLimitError,
  checkCount,
  checkLimit,
  checkSizes,
  locateDirectory,
  readDirectory,
  TAIL_SIZE,
  type ZipEntry,
} from "../../checkpoints/zip-directory.js";
import { ENTRY_PIECE, LOCAL_SIZE, startOf, ZipEntryReader } from "../../checkpoints/zip-entry.js";
import { DatasetError } from "../../core/errors.js";
import { showValue } from "../../core/show-value.js";
import { yieldToEventLoop } from "../../core/yield.js";
import {
  MAX_SEQUENCE_BYTES,
  type ReadCloningOptions,
  readCloningSequence,
} from "../../datasets/cloning-format.js";
import { attempt, cloningFolder } from "./cloning-folder.js";

// Number of bytes read from the archive at a time.
const CHUNK = 2 ** 20;

/** Options of unpacking an archive of cloning data, including its limits. */
export interface ExtractCloningOptions extends ReadCloningOptions {
  /** Maximum total size of all sequences of an archive, default 256 GiB. */
  maxArchiveBytes?: number;
  /** Maximum number of files in an archive, default 1,000,000. */
  maxArchiveFiles?: number;
  /** Called after each file with the number of files written so far. */
  onFile?(count: number): void;
}

/** Thrown when an archive is not a zip file, is truncated or damaged: another download may help. */
export class DamagedArchiveError extends DatasetError {}

/**
 * Extracts the `train_*.npz` and `val_*.npz` of an archive, in any of its folders, into one folder. One
 * sequence is in memory at a time; each is validated before it is written, and existing files are
 * left unchanged, so an interrupted call can be repeated.
 *
 * @throws DatasetError when the archive is truncated or damaged or exceeds a limit, or the disk is full; finished files
 *   are kept
 */
export async function extractCloning(
  archive: string,
  folder: string,
  options: ExtractCloningOptions = {},
): Promise<void> {
  const { maxArchiveBytes = 256 * 2 ** 30, maxArchiveFiles = 1_000_000, onFile } = options;
  checkLimit("maxArchiveBytes", maxArchiveBytes);
  checkLimit("maxArchiveFiles", maxArchiveFiles);
  const fail: ArchiveFailure = (what, cause) => new DamagedArchiveError(`${archive}: ${what}`, { cause });
  const handle = await attempt(`${archive} cannot be read`, () => open(archive, "r"));
  try {
    const file = { handle, archive, length: (await handle.stat()).size };
    const tail = await read(file, file.length - Math.min(file.length, TAIL_SIZE), TAIL_SIZE);
    const place = locateDirectory(tail, file.length, fail);
    checkCount(place.count, archive, { maxEntries: maxArchiveFiles });
    const entries = readDirectory(await read(file, place.start, place.size), place, fail);
    const sequences = sequencesOf(entries, fail);
    const limits = { maxBytes: maxArchiveBytes, maxRatio: Number.POSITIVE_INFINITY };
    checkSizes([...sequences.values()], file.length, archive, limits);
    const there = new Set(await readdir(folder).catch(() => []));
    const sink = cloningFolder(folder);
    let written = 0;
    for (const [name, entry] of sequences) {
      if (there.has(name)) continue;
      const bytes = await unpack(file, entry, fail, options);
      await check(bytes, `${archive}: ${name}`, options);
      await sink.write(name, bytes);
      onFile?.(++written);
    }
  } catch (cause) {
    if (!(cause instanceof ArchiveLimitError)) throw cause;
    const message = cause.message
      .replace("maxBytes", "maxArchiveBytes")
      .replace("maxEntries", "maxArchiveFiles");
    throw new DatasetError(message, { cause });
  } finally {
    await handle.close();
  }
}

async function check(bytes: Uint8Array, file: string, options: ReadCloningOptions): Promise<void> {
  try {
    await readCloningSequence(bytes, file, { maxSequenceBytes: options.maxSequenceBytes });
  } catch (error) {
    if (!(error instanceof DatasetError) || error.cause instanceof ArchiveLimitError) throw error;
    throw new DamagedArchiveError(error.message, { cause: error });
  }
}

interface ArchiveFile {
  handle: FileHandle;
  archive: string;
  length: number;
}

// Entries by the names of their files. Names that a system could take for a path, drive or stream are rejected.
function sequencesOf(entries: readonly ZipEntry[], fail: ArchiveFailure): Map<string, ZipEntry> {
  const sequences = new Map<string, ZipEntry>();
  for (const entry of entries) {
    const name = entry.name.replace(/^.*\//s, "");
    if (!/^(train|val)_.*\.npz$/s.test(name)) continue;
    if (!/^[\w.,+= ()-]+$/.test(name)) {
      throw fail(
        `the name ${showValue(name)} is not used for a file: expected letters, digits and the signs . _ -`,
      );
    }
    if (sequences.has(name)) throw fail(`${name} is there twice`);
    sequences.set(name, entry);
  }
  return sequences;
}

async function unpack(
  file: ArchiveFile,
  entry: ZipEntry,
  fail: ArchiveFailure,
  { maxSequenceBytes = MAX_SEQUENCE_BYTES }: ExtractCloningOptions,
): Promise<Uint8Array> {
  checkLimit("maxSequenceBytes", maxSequenceBytes);
  if (entry.size > maxSequenceBytes) {
    throw new DatasetError(
      `${file.archive}: ${entry.name} has ${entry.size} bytes, at most ${maxSequenceBytes} are read; raise maxSequenceBytes when that is right`,
    );
  }
  const reader = new ZipEntryReader(entry, fail);
  const start = startOf(entry, await read(file, entry.header, LOCAL_SIZE), fail);
  const end = start + entry.packed;
  for (let at = start; at < end; at += CHUNK) {
    const chunk = await read(file, at, Math.min(CHUNK, end - at));
    for (let from = 0; from < chunk.length; from += ENTRY_PIECE) {
      const to = Math.min(from + ENTRY_PIECE, chunk.length);
      reader.push(chunk.subarray(from, to), at + to === end);
      if (to < chunk.length) await yieldToEventLoop();
    }
  }
  return reader.end();
}

async function read(
  { handle, archive, length }: ArchiveFile,
  position: number,
  bytes: number,
): Promise<Uint8Array> {
  const chunk = new Uint8Array(Math.max(0, Math.min(bytes, length - position)));
  for (let at = 0; at < chunk.length; ) {
    const { bytesRead } = await attempt(`${archive} cannot be read`, () =>
      handle.read(chunk, at, chunk.length - at, position + at),
    );
    if (bytesRead === 0) throw new DatasetError(`${archive} became shorter while it was read`);
    at += bytesRead;
  }
  return chunk;
}
