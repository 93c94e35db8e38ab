/** Headers of safetensors files (https://huggingface.co/docs/safetensors): the position of each array. */

import { CheckpointError, InvalidArgumentError, ShapeError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { createTypedArray, type DType, dtypeOf, sizeOf, type TypedArray } from "../core/state.js";

/** One named array of a safetensors file. */
export interface SafeTensor {
  /** Sizes of its dimensions. */
  shape: readonly number[];
  /** Its elements, row by row. */
  data: TypedArray;
}

/** The entry of one array in a header. */
export interface SafeTensorEntry {
  /** Name of the array. */
  name: string;
  /** Element type. */
  dtype: DType;
  /** Sizes of its dimensions. */
  shape: number[];
  /** First byte, counted from the end of the header. */
  begin: number;
  /** Byte after the last. */
  end: number;
}

const NAMES = { uint8: "U8", int32: "I32", uint32: "U32", float32: "F32", float64: "F64" } as const;
const DTYPES = new Map<unknown, DType>(Object.entries(NAMES).map(([dtype, name]) => [name, dtype as DType]));
const METADATA = "__metadata__";
const LONGEST = 100_000_000; // the limit of the reference implementation

/** Bytes before the header: its length. */
export const PREFIX = 8;

/** The layout of a file to be written. */
export interface SafetensorsLayout {
  /** First bytes of the file: the header, preceded by its length. */
  head: Uint8Array;
  /** The arrays in file order. */
  arrays: TypedArray[];
  /** Bytes of the whole file. */
  byteLength: number;
}

/**
 * Computes the layout of a file. Wider types come first, so that every array starts at a multiple of its element's
 * size.
 *
 * @throws InvalidArgumentError when a name is `__metadata__`
 * @throws ShapeError when an array's length is not that of its shape
 */
export function layOut(tensors: ReadonlyMap<string, SafeTensor>): SafetensorsLayout {
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  let end = 0;
  const entries = ordered.map(([name, { shape, data }]) => {
    if (name === METADATA) throw new InvalidArgumentError("tensors", `the name ${METADATA} is reserved`);
    if (sizeOf(shape) !== data.length) throw new ShapeError(name, `of ${data.length} elements`, shape);
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: NAMES[dtypeOf(data)], shape: [...shape], data_offsets: [begin, end] }];
  });
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const head = new Uint8Array(Math.ceil((PREFIX + text.length) / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - PREFIX), true);
  head.set(text, PREFIX);
  return { head, arrays: ordered.map(([, { data }]) => data), byteLength: head.length + end };
}

/**
 * Reads the length of the header.
 *
 * @param prefix the first bytes of the file, up to eight · @param length number of bytes of the whole file
 * @param file name used in error messages
 * @throws CheckpointError when it does not fit into the file
 */
export function headerLength(prefix: Uint8Array, length: number, file: string): number {
  if (prefix.length < PREFIX) {
    throw new CheckpointError(`${file}: expected at least ${PREFIX} bytes, there are ${prefix.length}`);
  }
  const header = Number(new DataView(prefix.buffer, prefix.byteOffset, PREFIX).getBigUint64(0, true));
  if (header <= LONGEST && PREFIX + header <= length) return header;
  throw new CheckpointError(
    `${file}: a header of ${header} bytes does not fit into a file of ${length} bytes`,
  );
}

/**
 * Parses a header. Every byte after it must belong to exactly one array.
 *
 * @param header the header without its length · @param dataLength number of bytes after it
 * @param file name used in error messages
 * @returns the arrays in file order
 * @throws CheckpointError when it does not conform to the format
 */
export function readHeader(header: Uint8Array, dataLength: number, file: string): SafeTensorEntry[] {
  const entries = Object.entries(parse(header, file))
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value, dataLength, `${file}: tensor "${name}"`))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { begin, end } of entries) {
    if (begin !== covered) {
      throw new CheckpointError(
        `${file}: expected an array to start at byte ${covered} of the data, the next starts at ${begin}`,
      );
    }
    covered = end;
  }
  if (covered !== dataLength) {
    throw new CheckpointError(`${file}: the arrays take ${covered} bytes, the file holds ${dataLength}`);
  }
  return entries;
}

function parse(bytes: Uint8Array, file: string): object {
  const fail = (what: string, cause?: unknown) => new CheckpointError(`${file}: ${what}`, { cause });
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail("the header is not valid JSON", cause);
  }
  if (!isRecord(header) || bytes[0] !== 0x7b) throw fail("the header is not a JSON object");
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw fail(`header: expected ${METADATA} to hold texts`);
  }
  return header;
}

function readEntry(name: string, value: unknown, dataLength: number, where: string): SafeTensorEntry {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "data_offsets,dtype,shape") {
    throw new CheckpointError(`${where}: expected { dtype, shape, data_offsets }`);
  }
  const dtype = DTYPES.get(value.dtype);
  if (!dtype) {
    throw new CheckpointError(
      `${where}: dtype ${showValue(value.dtype)} is none of ${[...DTYPES.keys()].join(", ")}`,
    );
  }
  const { shape, data_offsets: offsets } = value;
  if (!isCounts(shape)) throw new CheckpointError(`${where}: shape ${showValue(shape)} is not valid`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1] || offsets[1] > dataLength) {
    throw new CheckpointError(
      `${where}: data_offsets ${showValue(offsets)} do not fit into ${dataLength} bytes of data`,
    );
  }
  const [begin, end] = offsets;
  const bytes = sizeOf(shape) * createTypedArray(dtype, 0).BYTES_PER_ELEMENT;
  if (end - begin !== bytes) {
    throw new CheckpointError(
      `${where}: shape [${shape.join(", ")}] takes ${bytes} bytes, data_offsets span ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
