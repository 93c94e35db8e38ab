// Creates zip archives by hand, valid and invalid ones.

import { deflateSync } from "fflate";
import { crc32 } from "../../src/core/crc32.js";

/** One file of an archive to write; by default all fields are correct. */
export interface HandmadeFile {
  name: string;
  content: Uint8Array;
  /** Bytes in the archive; default: the deflated content. */
  packed?: Uint8Array;
  /** Size in the directory; default that of the content. */
  size?: number;
  /** Offset of the file in the directory; default: the correct one. */
  header?: number;
}

/** Options of {@link handmadeZip}. */
export interface HandmadeZipOptions {
  /** Whether sizes and offsets are in zip64 fields. */
  zip64?: boolean;
}

/** Writes an archive of deflated files. */
export function handmadeZip(
  files: readonly HandmadeFile[],
  { zip64 = false }: HandmadeZipOptions = {},
): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, packed = deflateSync(content), size = content.length, header } of files) {
    const text = Buffer.from(name);
    const sum = crc32(content);
    const common = Buffer.alloc(22);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(sum, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    const sizes = Buffer.alloc(4);
    sizes.writeUInt16LE(text.length, 0);
    const place = header ?? at;
    if (header === undefined) {
      const local = Buffer.concat([numbers(0x04034b50), common, sizes, text, Buffer.from(packed)]);
      parts.push(local);
      at += local.length;
    }
    const extra = zip64
      ? Buffer.concat([shorts(1, 24), long(size), long(packed.length), long(place)])
      : Buffer.alloc(0);
    const localHeader = Buffer.from(common);
    if (zip64) localHeader.fill(0xff, 14, 22);
    directory.push(
      Buffer.concat([
        numbers(0x02014b50),
        shorts(20),
        localHeader,
        shorts(text.length, extra.length, 0, 0, 0),
        Buffer.alloc(4),
      ]),
      numbers(zip64 ? 0xffffffff : place),
      text,
      extra,
    );
  }
  const entries = Buffer.concat(directory);
  const tail: Buffer[] = [];
  if (zip64) {
    const count = long(files.length);
    tail.push(numbers(0x06064b50), long(44), Buffer.alloc(12), count, count, long(entries.length), long(at));
    tail.push(numbers(0x07064b50, 0), long(at + entries.length), numbers(1));
  }
  const [count, length, start] = zip64
    ? [0xffff, 0xffffffff, 0xffffffff]
    : [files.length, entries.length, at];
  tail.push(numbers(0x06054b50), shorts(0, 0, count, count), numbers(length, start), shorts(0));
  return new Uint8Array(Buffer.concat([...parts, entries, ...tail]));
}

/** Deflated zeros: about a thousandth of their size. */
export function deflatedZeros(size: number): Uint8Array {
  return deflateSync(new Uint8Array(size), { level: 9 });
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}

function shorts(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, 2 * i);
  return bytes;
}

function long(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
