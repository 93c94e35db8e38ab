/** Reads files of named arrays in any supported format. */

import { readSafetensors, type SafeTensor } from "../checkpoints/safetensors.js";
import { CheckpointError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";
import { fromBfloat16, fromFloat16 } from "./float16.js";
import { type ReadNpzOptions, readNpz } from "./npz.js";
import { startsAsPickle, TORCH_PICKLE } from "./torch-pickle.js";

/**
 * Reads a `.safetensors` or `.npz` file, recognised by its first bytes. Half precision (F16, BF16) becomes
 * float32, exactly. Files of `torch.save` are pickles, which can run code, and are refused.
 *
 * @param file name used in error messages · @param options which arrays of an npz file are read, and its limits
 * @throws CheckpointError when the file is neither, damaged, or has elements of another type
 *
 * @example
 * ```ts
 * loadTorchWeights(layer, readArrays(new Uint8Array(await response.arrayBuffer())));
 * ```
 */
export function readArrays(
  bytes: Uint8Array,
  file = "arrays",
  options: ReadNpzOptions = {},
): Map<string, SafeTensor> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readNpz(bytes, file, options);
  if (startsAsPickle(bytes)) throw new CheckpointError(`${file}: ${TORCH_PICKLE}`);
  return readHalves(bytes, file);
}

const halves = new Map([
  ["F16", fromFloat16],
  ["BF16", fromBfloat16],
]);

interface Half {
  dtype: string;
  shape: number[];
}

/** Reads safetensors that may contain half precision: as bytes, then widened. */
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
    arrays.set(name, { shape, data: halves.get(dtype)!(new Uint16Array(data.buffer as ArrayBuffer)) });
  }
  return arrays;
}

/**
 * Returns the file with half-precision types replaced by bytes, and the replaced entries; a damaged header is
 * unchanged.
 */
function asBytes(bytes: Uint8Array, found: Map<string, Half>): Uint8Array {
  const prefix = 8;
  if (bytes.length < prefix) return bytes;
  const length = new DataView(bytes.buffer, bytes.byteOffset, prefix).getBigUint64(0, true);
  if (length > BigInt(bytes.length - prefix)) return bytes;
  const start = prefix + Number(length);
  let text: Uint8Array;
  try {
    const header: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(bytes.subarray(prefix, start))),
    );
    if (typeof header !== "object" || header === null) return bytes;
    const entries = Object.entries(header).map(([name, entry]) => {
      if (!isHalf(entry)) return [name, entry];
      const [begin, end] = entry.data_offsets;
      found.set(name, { dtype: entry.dtype, shape: entry.shape });
      return [name, { ...entry, dtype: "U8", shape: [end - begin] }];
    });
    if (found.size === 0) return bytes;
    text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  } catch {
    found.clear();
    return bytes; // readSafetensors reports what is wrong
  }
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
    halves.has(entry.dtype) &&
    counts(entry.shape) &&
    counts(entry.data_offsets) &&
    (entry.data_offsets as number[]).length === 2
  );
}
