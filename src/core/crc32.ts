/** Checksums of 32 bits: CRC-32 of zip archives and CRC-32C (Castagnoli) of TensorBoard's event files. */

/** CRC-32 of ISO-HDLC, as in zip, gzip and PNG. */
export const crc32: (bytes: Uint8Array) => number = checksum(0xedb88320);

/** CRC-32C of Castagnoli, as in TFRecord files. */
export const crc32c: (bytes: Uint8Array) => number = checksum(0x82f63b78);

/** The function that divides by a polynomial, given with its lowest power in the highest bit. */
function checksum(polynomial: number): (bytes: Uint8Array) => number {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  return (bytes) => {
    let rest = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) rest = table[(rest ^ bytes[i]) & 0xff] ^ (rest >>> 8);
    return ~rest >>> 0;
  };
}
