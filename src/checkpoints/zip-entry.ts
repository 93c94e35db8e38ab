/** Streaming reader of one file of a zip archive. */

import { Inflate } from "fflate";
import { crc32 } from "../core/crc32.js";
import type { ArchiveFailure, ZipEntry } from "./zip-directory.js";

const LOCAL = 0x04034b50;

/** Number of bytes of a local header before the name. */
export const LOCAL_SIZE = 30;

/** Maximum piece to pass to a {@link ZipEntryReader}: it can inflate to a thousand times its size. */
export const ENTRY_PIECE = 16 * 2 ** 10;

/**
 * Position of the compressed bytes of a file.
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

/** Inflates one file; stops at the first byte beyond the size in the directory. */
export class ZipEntryReader {
  private readonly content: Uint8Array;
  private readonly inflate: Inflate | undefined;
  private at = 0;
  private checksum = 0;

  /** @throws the error of `fail` when the compression method is unknown */
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

  /** Adds the next compressed bytes; `last` with the last ones. */
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

  /** Returns the content after the last piece. */
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
        `${name} is damaged: it is longer than the ${size} bytes that the directory says`,
      );
      throw this.tooLong;
    }
    this.content.set(chunk, this.at);
    this.at += chunk.length;
    this.checksum = crc32(chunk, this.checksum);
  }
}
