/** Reader of zip archives (PKWARE's APPNOTE 6.3.10) without encryption and below 4 GiB. */

import { inflateSync } from "fflate";
import { crc32 } from "../core/crc32.js";
import { CheckpointError } from "../core/errors.js";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const BEST_RATIO = 1032; // deflate cannot do better

/**
 * All files of an archive in the order of its directory, stored or deflated, their checksums verified.
 *
 * @param file name used in error messages
 * @throws CheckpointError when anything about the archive is not as the format says
 */
export function readZip(bytes: Uint8Array, file = "zip"): Map<string, Uint8Array> {
  const fail = (what: string, cause?: unknown) => new CheckpointError(`${file}: ${what}`, { cause });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end < 0) throw fail("has no zip directory: it is cut off or no zip file");
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const files = new Map<string, Uint8Array>();
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_SIZE > end || view.getUint32(at, true) !== ENTRY)
      throw fail(`entry ${i} of the directory is damaged`);
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const checksum = view.getUint32(at + 16, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + ENTRY_SIZE + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const local = view.getUint32(at + 42, true);
    if (next > end) throw fail(`entry ${i} of the directory is damaged`);
    const name = new TextDecoder().decode(
      new Uint8Array(bytes.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength)),
    );
    at = next;
    if (files.has(name)) throw fail(`${name} is there twice`);
    if (flags & 1) throw fail(`${name} is encrypted`);
    if (local + LOCAL_SIZE > end || view.getUint32(local, true) !== LOCAL)
      throw fail(`${name} has no header`);
    const start = local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (start + packed > end) throw fail(`${name} does not fit into the file`);
    const data = bytes.subarray(start, start + packed);
    const content = method === 8 ? inflate(data, size, name, fail) : new Uint8Array(data);
    if (method !== 0 && method !== 8) throw fail(`${name} has compression method ${method}, expected 0 or 8`);
    if (content.length !== size || crc32(content) !== checksum) {
      throw fail(`${name} is damaged: its checksum differs`);
    }
    files.set(name, content);
  }
  return files;
}

function findEnd(view: DataView): number {
  const longestComment = 0xffff;
  const first = Math.max(0, view.byteLength - END_SIZE - longestComment);
  for (let at = view.byteLength - END_SIZE; at >= first; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  return -1;
}

function inflate(
  data: Uint8Array,
  size: number,
  name: string,
  fail: (what: string, cause?: unknown) => CheckpointError,
): Uint8Array {
  if (size > data.length * BEST_RATIO) throw fail(`${name} cannot have ${size} bytes`);
  try {
    return inflateSync(data, { out: new Uint8Array(size) });
  } catch (cause) {
    throw fail(`${name} is damaged: it cannot be inflated`, cause);
  }
}
