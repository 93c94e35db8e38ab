/** 32-bit checksums: CRC-32 of zip archives and CRC-32C (Castagnoli) of TensorBoard's event files. */

import { nodeBuiltin } from "tfjs-training/core";

type Checksum = (bytes: Uint8Array, before?: number) => number;

/** Portable CRC-32 (ISO-HDLC, as in zip, gzip and PNG) in plain JavaScript; see {@link crc32}. */
export const portableCrc32 = checksum(0xedb88320);

/** CRC-32C (Castagnoli), as in TFRecord files, of some bytes; `before` is the checksum of preceding bytes. */
export const crc32c = checksum(0x82f63b78);

/** CRC-32 of some bytes; `before` is the checksum of preceding bytes. Uses Node's own if available. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const native = (nodeBuiltin("node:zlib") as { crc32?(data: Uint8Array, value: number): number } | undefined)
    ?.crc32;
  return native ? native(bytes, before) : portableCrc32(bytes, before);
}

/** Makes the checksum function of a polynomial, given with its lowest power in the highest bit. */
function checksum(polynomial: number): Checksum {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  return (bytes, before = 0) => {
    let rest = ~before;
    for (let i = 0; i < bytes.length; i++) rest = table[(rest ^ bytes[i]) & 0xff] ^ (rest >>> 8);
    return ~rest >>> 0;
  };
}
