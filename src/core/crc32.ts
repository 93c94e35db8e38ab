/** Checksums of zip files. */

import { nodeBuiltin } from "./node-builtin.js";

let table: Uint32Array | undefined;

/** CRC-32 of some bytes, or of those after others whose checksum is `before`. Node's own where there is one. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const native = (nodeBuiltin("node:zlib") as { crc32?(data: Uint8Array, value: number): number } | undefined)
    ?.crc32;
  return native ? native(bytes, before) : portableCrc32(bytes, before);
}

/** The same in plain JavaScript. */
export function portableCrc32(bytes: Uint8Array, before = 0): number {
  table ??= Uint32Array.from({ length: 256 }, (_, i) => {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    return value;
  });
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
