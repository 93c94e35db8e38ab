/** Packing of a checkpoint's files into one zip file, and unpacking, in pieces. */

import { Inflate } from "fflate";
import { crc32 } from "../core/crc32.js";
import type { CheckpointFiles } from "./checkpoint-store.js";
import { MANIFEST_FILE } from "./manifest.js";
import { LONGEST_PIECE } from "./pieces.js";
import {
  type ArchiveFailure,
  archiveFailure,
  checkCount,
  locateDirectory,
  readDirectory,
  TAIL_SIZE,
  type ZipEntry,
} from "./zip-directory.js";
import { ENTRY_PIECE, LOCAL_SIZE, startOf } from "./zip-entry.js";

/** Random access to bytes: a file, a `Blob`. */
export interface ZipSource {
  /** Number of bytes. */
  size: number;
  /** The bytes from `begin` to `end`. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

// A checkpoint has two files; a few more may have been added with its folder.
const MOST_ENTRIES = 1000;
const LONGEST_DIRECTORY = 2 ** 20;

// Names of files are Latin unless this flag is set; with the other flag, sizes follow the contents.
const UTF8 = 0x800;
const SIZES_FOLLOW = 8;
const LARGE = 0xffffffff;

interface Written {
  name: Uint8Array;
  crc: number;
  size: number;
  offset: number;
}

/**
 * Packs the files of a checkpoint into one zip file, uncompressed (weights do not compress), in pieces. Files of any
 * size are allowed.
 *
 * @example
 * ```ts
 * const parts: BlobPart[] = [];
 * for await (const piece of zipCheckpoint(await store.read("last"))) parts.push(piece.slice());
 * const download = new Blob(parts, { type: "application/zip" });
 * ```
 */
export async function* zipCheckpoint(files: CheckpointFiles): AsyncGenerator<Uint8Array> {
  const written: Written[] = [];
  let offset = 0;
  for (const [file, pieces] of files) {
    const entry: Written = { name: new TextEncoder().encode(file), crc: 0, size: 0, offset };
    const head = localHeader(entry);
    yield head;
    for await (const piece of pieces) {
      entry.crc = crc32(piece, entry.crc);
      entry.size += piece.length;
      yield piece;
    }
    const descriptor = sizesOf(entry);
    yield descriptor;
    offset += head.length + entry.size + descriptor.length;
    written.push(entry);
  }
  yield directory(written, offset);
}

/**
 * The files in a zip file: one made by {@link zipCheckpoint}, or any other with the files of a checkpoint, optionally
 * in one folder, stored or deflated. Each is read on demand, in pieces.
 *
 * @param source the bytes · @param file name used in error messages
 * @throws CheckpointError when it is not a zip file, or is encrypted, or uses another compression method
 *
 * @example
 * ```ts
 * const files = await unzipCheckpoint({
 *   size: blob.size,
 *   read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()),
 * });
 * const store = new MemoryCheckpointStore();
 * await store.write("uploaded", files);
 * const trainer = await PPOTrainer.load({ store, name: "uploaded" });
 * ```
 */
export async function unzipCheckpoint(source: ZipSource, file = "zip file"): Promise<CheckpointFiles> {
  const fail = archiveFailure(file);
  const entries = await readEntries(source, file, fail);
  const manifest = entries.find(({ name }) => name.split("/").at(-1) === MANIFEST_FILE);
  const folder = manifest?.name.slice(0, -MANIFEST_FILE.length) ?? "";
  const inFolder = entries
    .filter(({ name }) => name.startsWith(folder) && !name.slice(folder.length).includes("/"))
    .map((entry): [string, AsyncIterable<Uint8Array>] => [
      entry.name.slice(folder.length),
      { [Symbol.asyncIterator]: () => contents(source, entry, fail) },
    ]);
  return new Map(inFolder.filter(([name]) => name !== ""));
}

async function readEntries(source: ZipSource, file: string, fail: ArchiveFailure): Promise<ZipEntry[]> {
  const tail = await source.read(Math.max(0, source.size - TAIL_SIZE), source.size);
  const place = locateDirectory(tail, source.size, fail);
  checkCount(place.count, file, { maxEntries: MOST_ENTRIES });
  if (place.size > LONGEST_DIRECTORY)
    throw fail(`its directory of ${place.size} bytes is too long for a checkpoint`);
  return readDirectory(await source.read(place.start, place.start + place.size), place, fail);
}

async function* contents(
  source: ZipSource,
  entry: ZipEntry,
  fail: ArchiveFailure,
): AsyncGenerator<Uint8Array> {
  const { name, method, packed, header } = entry;
  if (entry.encrypted) throw fail(`${name} is encrypted`);
  if (method !== 0 && method !== 8) throw fail(`${name} has compression method ${method}, expected 0 or 8`);
  let at = startOf(entry, await source.read(header, header + LOCAL_SIZE), fail);
  const end = at + packed;
  let out: Uint8Array[] = [];
  const inflate = new Inflate((piece) => out.push(piece));
  while (at < end) {
    const bytes = await source.read(at, Math.min(end, at + (method === 0 ? LONGEST_PIECE : ENTRY_PIECE)));
    if (bytes.length === 0) throw fail(`${name} is cut`);
    at += bytes.length;
    if (method === 0) {
      yield bytes;
      continue;
    }
    try {
      inflate.push(bytes, at >= end);
    } catch (cause) {
      throw fail(`${name} is damaged: it cannot be inflated`, cause);
    }
    yield* out;
    out = [];
  }
}

function localHeader({ name }: Written): Uint8Array {
  const head = view(new Uint8Array(30 + name.length));
  head.setUint32(0, 0x04034b50, true);
  head.setUint16(4, 20, true);
  head.setUint16(6, UTF8 | SIZES_FOLLOW, true);
  head.setUint16(12, DAY, true);
  head.setUint16(26, name.length, true);
  const bytes = new Uint8Array(head.buffer);
  bytes.set(name, 30);
  return bytes;
}

// 1980-01-01, the earliest date in zips: the same files give the same bytes.
const DAY = (1 << 5) | 1;

function sizesOf({ crc, size }: Written): Uint8Array {
  const wide = size >= LARGE;
  const data = view(new Uint8Array(wide ? 24 : 16));
  data.setUint32(0, 0x08074b50, true);
  data.setUint32(4, crc, true);
  if (wide) for (const at of [8, 16]) data.setBigUint64(at, BigInt(size), true);
  else for (const at of [8, 12]) data.setUint32(at, size, true);
  return new Uint8Array(data.buffer);
}

function directory(entries: readonly Written[], start: number): Uint8Array {
  const parts = entries.map(directoryEntry);
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const wide = start >= LARGE;
  const tail = view(new Uint8Array((wide ? 76 : 0) + 22));
  const count = entries.length;
  if (wide) {
    tail.setUint32(0, 0x06064b50, true);
    tail.setBigUint64(4, 44n, true);
    tail.setUint16(12, 45, true);
    tail.setUint16(14, 45, true);
    for (const at of [24, 32]) tail.setBigUint64(at, BigInt(count), true);
    tail.setBigUint64(40, BigInt(size), true);
    tail.setBigUint64(48, BigInt(start), true);
    tail.setUint32(56, 0x07064b50, true);
    tail.setBigUint64(64, BigInt(start + size), true);
    tail.setUint32(72, 1, true);
  }
  const end = wide ? 76 : 0;
  tail.setUint32(end, 0x06054b50, true);
  for (const at of [8, 10]) tail.setUint16(end + at, count, true);
  tail.setUint32(end + 12, size, true);
  tail.setUint32(end + 16, wide ? LARGE : start, true);
  const bytes = new Uint8Array(size + tail.byteLength);
  let at = 0;
  for (const part of [...parts, new Uint8Array(tail.buffer)]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function directoryEntry({ name, crc, size, offset }: Written): Uint8Array {
  const wide = size >= LARGE || offset >= LARGE;
  const head = view(new Uint8Array(46 + name.length + (wide ? 28 : 0)));
  head.setUint32(0, 0x02014b50, true);
  head.setUint16(4, wide ? 45 : 20, true);
  head.setUint16(6, wide ? 45 : 20, true);
  head.setUint16(8, UTF8 | SIZES_FOLLOW, true);
  head.setUint16(14, DAY, true);
  head.setUint32(16, crc, true);
  for (const at of [20, 24]) head.setUint32(at, wide ? LARGE : size, true);
  head.setUint16(28, name.length, true);
  head.setUint16(30, wide ? 28 : 0, true);
  head.setUint32(42, wide ? LARGE : offset, true);
  const bytes = new Uint8Array(head.buffer);
  bytes.set(name, 46);
  if (!wide) return bytes;
  const extra = 46 + name.length;
  head.setUint16(extra, 1, true);
  head.setUint16(extra + 2, 24, true);
  for (const [i, value] of [size, size, offset].entries()) {
    head.setBigUint64(extra + 4 + 8 * i, BigInt(value), true);
  }
  return bytes;
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
