/** Files of named arrays, whatever their format. */

import { readSafetensors, type SafeTensor } from "../checkpoints/safetensors.js";
import { CheckpointError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import { fromBfloat16, fromFloat16 } from "./float16.js";
import { readNpz } from "./npz.js";

/**
 * Reads a `.safetensors` or `.npz` file; its first bytes tell which it is. Half precision (F16, BF16) becomes
 * float32, exactly.
 *
 * @param file name used in error messages
 * @throws CheckpointError when the file is neither, damaged, or has elements of another type
 *
 * @example
 * ```ts
 * loadTorchWeights(layer, readArrays(new Uint8Array(await response.arrayBuffer())));
 * ```
 */
export function readArrays(bytes: Uint8Array, file = "arrays"): Map<string, SafeTensor> {
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? readNpz(bytes, file) : readHalves(bytes, file);
}

const halves: Record<string, (bits: Uint16Array) => Float32Array> = { F16: fromFloat16, BF16: fromBfloat16 };

interface Half {
  dtype: string;
  shape: number[];
}

/** Safetensors that may hold half precision: read as bytes, then widened. */
function readHalves(bytes: Uint8Array, file: string): Map<string, SafeTensor> {
  const found = new Map<string, Half>();
  const arrays = readSafetensors(asBytes(bytes, found), file);
  for (const [name, { dtype, shape }] of found) {
    const { data } = arrays.get(name)!;
    if (data.length !== 2 * sizeOf(shape)) {
      throw new CheckpointError(
        `${file}: tensor "${name}": shape [${shape.join(", ")}] of ${dtype} takes ${2 * sizeOf(shape)} bytes, ` +
          `there are ${data.length}`,
      );
    }
    arrays.set(name, { shape, data: halves[dtype](new Uint16Array(data.buffer as ArrayBuffer)) });
  }
  return arrays;
}

/** The same file with bytes in place of half precision, which are noted; a damaged header stays as it is. */
function asBytes(bytes: Uint8Array, found: Map<string, Half>): Uint8Array {
  const prefix = 8;
  if (bytes.length < prefix) return bytes;
  const length = new DataView(bytes.buffer, bytes.byteOffset, prefix).getBigUint64(0, true);
  if (length > BigInt(bytes.length - prefix)) return bytes;
  const start = prefix + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes.subarray(prefix, start))),
    );
  } catch {
    return bytes; // readSafetensors says what is wrong
  }
  if (typeof header !== "object" || header === null) return bytes;
  for (const [name, entry] of Object.entries(header) as [string, Record<string, unknown> | null][]) {
    if (!isHalf(entry)) continue;
    const [begin, end] = entry.data_offsets;
    found.set(name, { dtype: entry.dtype, shape: entry.shape });
    (header as Record<string, unknown>)[name] = { ...entry, dtype: "U8", shape: [end - begin] };
  }
  if (found.size === 0) return bytes;
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(prefix + text.length + bytes.length - start);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, prefix);
  file.set(bytes.subarray(start), prefix + text.length);
  return file;
}

function isHalf(entry: Record<string, unknown> | null): entry is {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
} {
  const counts = (value: unknown) =>
    Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
  return (
    typeof entry === "object" &&
    entry !== null &&
    typeof entry.dtype === "string" &&
    entry.dtype in halves &&
    counts(entry.shape) &&
    counts(entry.data_offsets) &&
    (entry.data_offsets as number[]).length === 2
  );
}
