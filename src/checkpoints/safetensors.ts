/** Reader and writer of the safetensors format (https://huggingface.co/docs/safetensors). */

import { CheckpointError, InvalidArgumentError, ShapeError } from "../core/errors.js";
import { createTypedArray, type DType, dtypeOf, sizeOf, type TypedArray } from "../core/state.js";

/** One named array of a safetensors file. */
export interface SafeTensor {
  /** Sizes of its dimensions. */
  shape: readonly number[];
  /** Its elements, row by row. */
  data: TypedArray;
}

const NAMES = { uint8: "U8", int32: "I32", uint32: "U32", float32: "F32", float64: "F64" } as const;
const DTYPES = new Map<unknown, DType>(Object.entries(NAMES).map(([dtype, name]) => [name, dtype as DType]));
const METADATA = "__metadata__";
const PREFIX = 8; // bytes of the header's length
const LONGEST_HEADER = 100_000_000; // the limit of the reference implementation

/**
 * Writes arrays as one safetensors file. Element types: U8, I32, U32, F32, F64; little-endian.
 * Wider types come first, so that every array starts at a multiple of its element's size.
 *
 * @throws InvalidArgumentError when a name is `__metadata__`
 * @throws ShapeError when an array's length is not that of its shape
 */
export function writeSafetensors(tensors: ReadonlyMap<string, SafeTensor>): Uint8Array {
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let end = 0;
  const entries = ordered.map(([name, { shape, data }]): [string, Entry] => {
    if (name === METADATA) throw new InvalidArgumentError("tensors", `the name ${METADATA} is reserved`);
    if (sizeOf(shape) !== data.length) throw new ShapeError(name, `of ${data.length} elements`, shape);
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: NAMES[dtypeOf(data)], shape: [...shape], data_offsets: [begin, end] }];
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  const unpadded = new TextEncoder().encode(text);
  const headerLength = Math.ceil((PREFIX + unpadded.length) / 8) * 8 - PREFIX;
  const file = new Uint8Array(PREFIX + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, PREFIX, PREFIX + headerLength);
  file.set(unpadded, PREFIX);
  let at = PREFIX + headerLength;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file. Every byte must belong to exactly one array; the arrays are copies.
 *
 * @param file name used in error messages
 * @throws CheckpointError when anything about the file is not as the format says
 */
export function readSafetensors(bytes: Uint8Array, file = "safetensors"): Map<string, SafeTensor> {
  const { header, start } = readHeader(bytes, file);
  const length = bytes.length - start;
  const tensors = new Map<string, SafeTensor>();
  const ranges: [number, number][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) continue;
    const { dtype, shape, data_offsets } = readEntry(value, length, `${file}: tensor "${name}"`);
    const [begin, end] = data_offsets;
    ranges.push([begin, end]);
    const data = createTypedArray(dtype, sizeOf(shape));
    new Uint8Array(data.buffer).set(bytes.subarray(start + begin, start + end));
    tensors.set(name, { shape, data });
  }
  ranges.sort(([a, c], [b, d]) => a - b || c - d);
  let covered = 0;
  for (const [begin, end] of ranges) {
    if (begin !== covered) {
      throw new CheckpointError(
        `${file}: expected an array to start at byte ${covered} of the data, the next starts at ${begin}`,
      );
    }
    covered = end;
  }
  if (covered !== length) {
    throw new CheckpointError(`${file}: the arrays take ${covered} bytes, the file holds ${length}`);
  }
  return tensors;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

function readHeader(bytes: Uint8Array, file: string): { header: object; start: number } {
  const fail = (what: string, cause?: unknown) => new CheckpointError(`${file}: ${what}`, { cause });
  if (bytes.length < PREFIX) throw fail(`expected at least ${PREFIX} bytes, there are ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const start = PREFIX + headerLength;
  if (headerLength > LONGEST_HEADER || start > bytes.length) {
    throw fail(`a header of ${headerLength} bytes does not fit into a file of ${bytes.length} bytes`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(PREFIX, start)));
  } catch (cause) {
    throw fail("the header is not valid JSON", cause);
  }
  if (!isRecord(header) || bytes[PREFIX] !== 0x7b) throw fail("the header is not a JSON object");
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw fail(`header: expected ${METADATA} to hold texts`);
  }
  return { header, start };
}

function readEntry(value: unknown, length: number, where: string): Omit<Entry, "dtype"> & { dtype: DType } {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "data_offsets,dtype,shape") {
    throw new CheckpointError(`${where}: expected { dtype, shape, data_offsets }`);
  }
  const dtype = DTYPES.get(value.dtype);
  if (!dtype) {
    throw new CheckpointError(`${where}: dtype ${value.dtype} is none of ${[...DTYPES.keys()].join(", ")}`);
  }
  const { shape, data_offsets: offsets } = value;
  if (!isCounts(shape)) throw new CheckpointError(`${where}: shape ${JSON.stringify(shape)} is not valid`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1] || offsets[1] > length) {
    throw new CheckpointError(
      `${where}: data_offsets ${JSON.stringify(offsets)} do not fit into ${length} bytes of data`,
    );
  }
  const bytes = sizeOf(shape) * createTypedArray(dtype, 0).BYTES_PER_ELEMENT;
  if (offsets[1] - offsets[0] !== bytes) {
    throw new CheckpointError(
      `${where}: shape [${shape.join(", ")}] takes ${bytes} bytes, data_offsets span ${offsets[1] - offsets[0]}`,
    );
  }
  return { dtype, shape, data_offsets: [offsets[0], offsets[1]] };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
