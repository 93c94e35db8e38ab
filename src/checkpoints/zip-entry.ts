/** The content of one file of a zip archive, from pieces of its bytes. */

import { Inflate } from "fflate";
import { crc32 } from "../core/crc32.js";
import type { ArchiveFailure, ZipEntry } from "./zip-directory.js";

const LOCAL = 0x04034b50;

/** Bytes of a local header before its name. */
export const LOCAL_SIZE = 30;

/** Longest piece to give to a {@link ZipEntryReader}: it can become a thousand times as long. */
export const ENTRY_PIECE = 16 * 2 ** 10;

/**
 * Where the packed bytes of a file begin.
 *
 * @param header the first {@link LOCAL_SIZE} bytes of its local header
 */
export function startOf(entry: ZipEntry, header: Uint8Array, fail: ArchiveFailure): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < LOCAL_SIZE || view.getUint32(0, true) !== LOCAL)
    throw fail(`${entry.name} has no header`);
  const start = entry.header + LOCAL_SIZE + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + entry.packed > entry.end) throw fail(`${entry.name} does not fit into the file`);
  return start;
}

/** Unpacks one file; stops at the first byte beyond the size that the directory tells. */
export class ZipEntryReader {
  private readonly content: Uint8Array;
  private readonly inflate: Inflate | undefined;
  private at = 0;
  private checksum = 0;

  /** @throws what `fail` makes when the file is packed in a way that is not known */
  constructor(
    private readonly entry: ZipEntry,
    private readonly fail: ArchiveFailure,
  ) {
    const { name, method, encrypted, size } = entry;
    if (encrypted) throw fail(`${name} is encrypted`);
    if (method !== 0 && method !== 8) throw fail(`${name} has compression method ${method}, expected 0 or 8`);
    try {
      this.content = new Uint8Array(size);
    } catch (cause) {
      throw fail(`${name} takes ${size} bytes, which this machine cannot give`, cause);
    }
    if (method === 8) this.inflate = new Inflate((chunk) => this.take(chunk));
  }

  /** Takes the next packed bytes; `last` with the last ones. */
  push(piece: Uint8Array, last: boolean): void {
    if (!this.inflate) {
      this.take(piece);
      return;
    }
    try {
      this.inflate.push(piece, last);
    } catch (cause) {
      if (cause === this.tooLong) throw cause;
      throw this.fail(`${this.entry.name} is damaged: it cannot be inflated`, cause);
    }
  }

  /** The content after the last piece. */
  end(): Uint8Array {
    const { entry, at, checksum } = this;
    if (at !== entry.size || checksum >>> 0 !== entry.checksum) {
      throw this.fail(`${entry.name} is damaged: its checksum differs`);
    }
    return this.content;
  }

  private tooLong: Error | undefined;

  private take(chunk: Uint8Array): void {
    if (this.at + chunk.length > this.content.length) {
      const { name, size } = this.entry;
      this.tooLong = this.fail(
        `${name} is damaged: it is longer than the ${size} bytes that the directory tells`,
      );
      throw this.tooLong;
    }
    this.content.set(chunk, this.at);
    this.at += chunk.length;
    this.checksum = crc32(chunk, this.checksum);
  }
}
