/** Reader and writer of the safetensors format (https://huggingface.co/docs/safetensors). */

import { bytesOf } from "./pieces.js";
import { layOut, type SafeTensor } from "./safetensors-header.js";
import { SafetensorsReader } from "./safetensors-reader.js";

export type { SafeTensor } from "./safetensors-header.js";

/**
 * Writes arrays as one safetensors file. Element types: U8, I32, U32, F32, F64; little-endian.
 * Wider types come first, so that every array starts at a multiple of its element's size.
 *
 * @throws InvalidArgumentError when a name is `__metadata__`
 * @throws ShapeError when an array's length is not that of its shape
 */
export function writeSafetensors(tensors: ReadonlyMap<string, SafeTensor>): Uint8Array {
  const { head, arrays, byteLength } = layOut(tensors);
  const file = new Uint8Array(byteLength);
  let at = 0;
  for (const array of [head, ...arrays]) {
    file.set(bytesOf(array), at);
    at += array.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file. Every byte must belong to exactly one array; the arrays are copies.
 *
 * @param file name used in error messages
 * @throws CheckpointError when the file does not conform to the format
 */
export function readSafetensors(bytes: Uint8Array, file = "safetensors"): Map<string, SafeTensor> {
  const reader = new SafetensorsReader(bytes.length, file);
  reader.push(bytes);
  return reader.end();
}
