/** Directories of zip archives (PKWARE's APPNOTE 6.3.10), including zip64. */

import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";

/** Limits of an archive, so that a small one cannot use up memory or time. */
export interface ArchiveLimits {
  /** Maximum total bytes of the requested files after inflating; default 2 GiB. */
  maxBytes?: number;
  /** Maximum number of files in the archive, including those not requested; default 10,000. */
  maxEntries?: number;
  /**
   * Maximum number of bytes inflated from one byte of the archive, default 200; applies beyond the first 32 MiB. The
   * format itself allows 1032.
   */
  maxRatio?: number;
}

/** One file of an archive, as described by the directory. */
export interface ZipEntry {
  /** Name of the file, with folders. */
  name: string;
  /** Compression method: 0 stored, 8 deflated. */
  method: number;
  /** Whether it is encrypted. */
  encrypted: boolean;
  /** CRC-32 of the content. */
  checksum: number;
  /** Number of bytes in the archive. */
  packed: number;
  /** Number of bytes of the content. */
  size: number;
  /** Position of its local header. */
  header: number;
  /** Position of the next file or the directory. */
  end: number;
}

/** Position of a directory. */
export interface DirectoryPlace {
  /** Position of its first byte in the archive. */
  start: number;
  /** Number of bytes. */
  size: number;
  /** Number of files it lists. */
  count: number;
}

/** Thrown when an archive exceeds a limit. */
export class ArchiveLimitError extends CheckpointError {}

/** Creates the error for a problem of an archive. */
export type ArchiveFailure = (what: string, cause?: unknown) => Error;

/** The default {@link ArchiveFailure}: a `CheckpointError` that names the file. */
export function archiveFailure(file: string): ArchiveFailure {
  return (what, cause) => new CheckpointError(`${file}: ${what}`, { cause });
}

const END = 0x06054b50;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const END_64 = 0x06064b50;
const END_64_SIZE = 56;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_SIZE = 20;
const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;
const EXTRA_64 = 1;
const FULL_16 = 0xffff; // the number is in the zip64 record
const FULL_32 = 0xffffffff;
const BEST_RATIO = 1032; // deflate cannot do better
const FREE_BYTES = 32 * 2 ** 20;
const SMALLEST_HEADER = 30;

/** Number of bytes at the end of an archive that {@link locateDirectory} needs. */
export const TAIL_SIZE = END_SIZE + LONGEST_COMMENT + LOCATOR_64_SIZE + END_64_SIZE;

/** Finds the directory from the last bytes of an archive of `length` bytes. */
export function locateDirectory(tail: Uint8Array, length: number, fail: ArchiveFailure): DirectoryPlace {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const first = length - tail.length;
  let at = tail.length - END_SIZE;
  const last = Math.max(0, at - LONGEST_COMMENT);
  while (at >= last && view.getUint32(at, true) !== END) at--;
  if (at < last) throw fail("has no zip directory: it is cut off or no zip file");
  let place = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
  };
  if (place.count === FULL_16 || place.size === FULL_32 || place.start === FULL_32) {
    const locator = at - LOCATOR_64_SIZE;
    if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_64) {
      at = Number(view.getBigUint64(locator + 8, true)) - first;
      if (!(at >= 0 && at + END_64_SIZE <= locator) || view.getUint32(at, true) !== END_64) {
        throw fail("has a damaged zip64 directory");
      }
      place = {
        count: Number(view.getBigUint64(at + 32, true)),
        size: Number(view.getBigUint64(at + 40, true)),
        start: Number(view.getBigUint64(at + 48, true)),
      };
    }
  }
  if (place.start + place.size > first + at) throw fail("has a damaged zip directory: it does not fit in");
  return place;
}

/** Parses a directory; rejects one whose files overlap or have impossible sizes. */
export function readDirectory(
  bytes: Uint8Array,
  { start, count }: DirectoryPlace,
  fail: ArchiveFailure,
): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const damaged = () => fail(`is damaged: its directory names ${count} files, entry ${i} is none`);
    if (at + ENTRY_SIZE > bytes.length || view.getUint32(at, true) !== ENTRY) throw damaged();
    const nameEnd = at + ENTRY_SIZE + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) throw damaged();
    const name = new TextDecoder().decode(new Uint8Array(bytes.subarray(at + ENTRY_SIZE, nameEnd)));
    const [size, packed, header] = longNumbers(
      new DataView(bytes.buffer, bytes.byteOffset + nameEnd, extraEnd - nameEnd),
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
    );
    const method = view.getUint16(at + 10, true);
    if (entries.has(name)) throw fail(`${name} is there twice`);
    if ((method === 8 && size > packed * BEST_RATIO) || (method === 0 && size !== packed)) {
      throw fail(`${name} cannot have ${size} bytes: it takes ${packed} in the archive`);
    }
    entries.set(name, {
      name,
      method,
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      checksum: view.getUint32(at + 16, true),
      packed,
      size,
      header,
      end: start,
    });
    at = next;
  }
  if (at !== bytes.length) throw fail(`is damaged: its directory names ${count} files, there is more in it`);
  return apart([...entries.values()], fail);
}

// Sizes and positions beyond 32 bits are in the zip64 extra field, in this order.
function longNumbers(extra: DataView, short: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== EXTRA_64) continue;
    let next = at + 4;
    return short.map((value) => {
      if (value !== FULL_32 || next + 8 > extra.byteLength) return value;
      next += 8;
      return Number(extra.getBigUint64(next - 8, true));
    });
  }
  return [...short];
}

function apart(entries: ZipEntry[], fail: ArchiveFailure): ZipEntry[] {
  const ordered = [...entries].sort((a, b) => a.header - b.header);
  ordered.forEach((entry, i) => {
    if (i + 1 < ordered.length) entry.end = ordered[i + 1].header;
    if (entry.header + SMALLEST_HEADER + entry.packed > entry.end) {
      throw fail(`${entry.name} overlaps with another file or the directory`);
    }
  });
  return entries;
}

/** @throws ArchiveLimitError when files would exceed the limits; to be called before any is inflated */
export function checkSizes(
  entries: readonly ZipEntry[],
  archiveBytes: number,
  file: string,
  { maxBytes = 2 * 2 ** 30, maxRatio = 200 }: ArchiveLimits = {},
): void {
  checkLimit("maxBytes", maxBytes);
  checkLimit("maxRatio", maxRatio);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > maxBytes) {
    throw new ArchiveLimitError(
      `${file}: holds ${total} bytes, at most ${maxBytes} are read; raise maxBytes when that is right`,
    );
  }
  if (total > Math.max(FREE_BYTES, archiveBytes * maxRatio)) {
    throw new ArchiveLimitError(
      `${file}: ${archiveBytes} bytes would become ${total}, more than ${maxRatio} times as many; ` +
        "raise maxRatio when that is right",
    );
  }
}

/** @throws ArchiveLimitError when an archive has more files than the limit */
export function checkCount(count: number, file: string, { maxEntries = 10_000 }: ArchiveLimits = {}): void {
  checkLimit("maxEntries", maxEntries);
  if (count <= maxEntries) return;
  throw new ArchiveLimitError(
    `${file}: holds ${count} files, at most ${maxEntries} are read; raise maxEntries when that is right`,
  );
}

/** @throws InvalidArgumentError when a limit is not a number above 0 */
export function checkLimit(argument: string, value: number): void {
  if (typeof value === "number" && value > 0) return;
  throw new InvalidArgumentError(argument, `expected a number above 0, received ${showValue(value)}`);
}
