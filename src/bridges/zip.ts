/** Reads zip archives in memory. */

import {
  type ArchiveLimits,
  archiveFailure,
  checkCount,
  checkSizes,
  locateDirectory,
  readDirectory,
  TAIL_SIZE,
} from "../checkpoints/zip-directory.js";
import { ENTRY_PIECE, LOCAL_SIZE, startOf, ZipEntryReader } from "../checkpoints/zip-entry.js";

/** Options of {@link zipFiles}. */
export interface ZipFilesOptions extends ArchiveLimits {
  /** Name used in error messages, default `"zip"`. */
  file?: string;
  /** Selects the files to read, by name; default all. The others are not inflated. */
  choose?(names: readonly string[]): readonly string[];
}

/**
 * Reads the files of an archive in the order of its directory, stored or deflated, and verifies their checksums. Yields
 * `undefined` between the pieces of a file, so that callers can yield to the event loop.
 *
 * @throws CheckpointError when the archive violates the format or exceeds a limit
 */
export function* zipFiles(
  bytes: Uint8Array,
  { file = "zip", choose = (names) => names, ...limits }: ZipFilesOptions = {},
): Generator<[name: string, content: Uint8Array] | undefined> {
  const fail = archiveFailure(file);
  const place = locateDirectory(bytes.subarray(-TAIL_SIZE), bytes.length, fail);
  checkCount(place.count, file, limits);
  const directory = bytes.subarray(place.start, place.start + place.size);
  const entries = readDirectory(directory, place, fail);
  const chosen = new Set(choose(entries.map(({ name }) => name)));
  const wanted = entries.filter(({ name }) => chosen.has(name));
  checkSizes(wanted, bytes.length, file, limits);
  for (const entry of wanted) {
    const reader = new ZipEntryReader(entry, fail);
    const start = startOf(entry, bytes.subarray(entry.header, entry.header + LOCAL_SIZE), fail);
    const end = start + entry.packed;
    for (let at = start; at < end; at += ENTRY_PIECE) {
      const next = Math.min(at + ENTRY_PIECE, end);
      reader.push(bytes.subarray(at, next), next === end);
      yield undefined;
    }
    yield [entry.name, reader.end()];
  }
}
