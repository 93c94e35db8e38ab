/** The directory of a zip file: what lies where. */

import { CheckpointError } from "../core/errors.js";

/** Bytes that can be read from anywhere: a file, a `Blob`. */
export interface ZipSource {
  /** Number of bytes. */
  size: number;
  /** The bytes from `begin` to `end`. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** One file in a zip file. */
export interface ZipEntry {
  /** Its name, with folders before it. */
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  /** Bytes that it takes. */
  packed: number;
  /** Where it begins. */
  offset: number;
}

// A checkpoint has two files; a few more may have come in with its folder.
const MOST_ENTRIES = 1000;
const LONGEST_DIRECTORY = 2 ** 20;
const LARGE = 0xffffffff;

/** Reads the directory. @throws CheckpointError when it is damaged, too long, or of something else than a checkpoint */
export async function readEntries(source: ZipSource, file: string): Promise<ZipEntry[]> {
  const { count, size, start } = await findDirectory(source, file);
  if (!(count <= MOST_ENTRIES && size <= LONGEST_DIRECTORY)) {
    throw new CheckpointError(`${file}: ${count} files are too many for a checkpoint`);
  }
  if (!(start + size <= source.size)) throw new CheckpointError(`${file}: it is cut or damaged`);
  const bytes = await source.read(start, start + size);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > data.byteLength || data.getUint32(at, true) !== 0x02014b50) {
      throw new CheckpointError(`${file}: its directory is damaged`);
    }
    const length = data.getUint16(at + 28, true);
    const extra = data.getUint16(at + 30, true);
    const end = at + 46 + length + extra;
    if (end > data.byteLength) throw new CheckpointError(`${file}: its directory is damaged`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length));
    const entry = readEntry(data, at, at + 46 + length, end, name);
    const problem = flaw(entry, data.getUint16(at + 8, true), source.size);
    if (problem) throw new CheckpointError(`${file}: ${name}: ${problem}`);
    entries.push(entry);
    at = end + data.getUint16(at + 32, true);
  }
  return entries;
}

function flaw({ method, packed, offset }: ZipEntry, flags: number, size: number): string | undefined {
  if (flags & 1) return "it is encrypted";
  if (method !== 0 && method !== 8) return `it is packed by method ${method}; expected stored or deflated`;
  return offset + 30 + packed <= size ? undefined : "it is cut";
}

function readEntry(data: DataView, at: number, extra: number, end: number, name: string): ZipEntry {
  const method = data.getUint16(at + 10, true);
  let packed = data.getUint32(at + 20, true);
  let offset = data.getUint32(at + 42, true);
  const whole = data.getUint32(at + 24, true);
  for (let from = extra; from + 4 <= end; from += 4 + data.getUint16(from + 2, true)) {
    if (data.getUint16(from, true) !== 1) continue;
    // Wide numbers stand for those that are full, in this order.
    let next = from + 4;
    const wide = (value: number): number => {
      if (value !== LARGE || next + 8 > end) return value;
      next += 8;
      return Number(data.getBigUint64(next - 8, true));
    };
    wide(whole);
    packed = wide(packed);
    offset = wide(offset);
  }
  return { name, method, packed, offset };
}

async function findDirectory(
  source: ZipSource,
  file: string,
): Promise<{ count: number; size: number; start: number }> {
  // The end has a comment of up to 65,535 bytes after it.
  const from = Math.max(0, source.size - 22 - 65_535);
  const bytes = await source.read(from, source.size);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = data.byteLength - 22;
  while (end >= 0 && data.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new CheckpointError(`${file}: it is no zip file, or cut`);
  const short = {
    count: data.getUint16(end + 10, true),
    size: data.getUint32(end + 12, true),
    start: data.getUint32(end + 16, true),
  };
  if (end < 20 || data.getUint32(end - 20, true) !== 0x07064b50) return short;
  const at = Number(data.getBigUint64(end - 12, true));
  const wide = at + 56 <= source.size ? await source.read(at, at + 56) : new Uint8Array(0);
  const view = new DataView(wide.buffer, wide.byteOffset, wide.byteLength);
  if (wide.length < 56 || view.getUint32(0, true) !== 0x06064b50) {
    throw new CheckpointError(`${file}: its directory is damaged`);
  }
  const [count, size, start] = [32, 40, 48].map((offset) => Number(view.getBigUint64(offset, true)));
  return { count, size, start };
}
