/** Reads and writes numpy's array format (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). */

import type { SafeTensor } from "../checkpoints/safetensors.js";
import { CheckpointError, ShapeError } from "../core/errors.js";
import { dtypeOf, sizeOf, type TypedArray } from "../core/state.js";
import { fromFloat16 } from "./float16.js";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
// The limits of numpy.
const MOST_DIMENSIONS = 64;
const LONGEST_HEADER = 10_000;
const NAMES = { uint8: "|u1", int32: "<i4", uint32: "<u4", float32: "<f4", float64: "<f8" } as const;
const SIZES: Record<string, number> = {
  "|u1": 1,
  "<u1": 1,
  "|b1": 1,
  "<f2": 2,
  "<i4": 4,
  "<u4": 4,
  "<f4": 4,
  "<f8": 8,
  "<i8": 8,
};

/**
 * Reads one `.npy` file of version 1, 2 or 3, little-endian, in C or Fortran order (the result is in C order).
 * `f2` becomes float32, `i8` float64, `b1` uint8.
 *
 * @param file name used in error messages
 * @throws CheckpointError when the file violates the format, or its type is not supported
 */
export function readNpy(bytes: Uint8Array, file = "npy"): SafeTensor {
  const fail = (what: string) => new CheckpointError(`${file}: ${what}`);
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) throw fail("is not an npy file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw fail(`version ${version} is none of 1, 2, 3`);
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw fail("ends inside the header");
  const start = prefix + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) throw fail("ends inside the header");
  if (start - prefix > LONGEST_HEADER) {
    throw fail(`has a header of ${start - prefix} bytes, expected at most ${LONGEST_HEADER}`);
  }
  const header = new TextDecoder("latin1").decode(bytes.subarray(prefix, start)); // all names are ASCII
  const { descr, fortran, shape } = readHeader(header, fail);
  const count = sizeOf(shape);
  if (bytes.length - start !== count * SIZES[descr]) {
    throw fail(
      `shape [${shape.join(", ")}] of ${descr} takes ${count * SIZES[descr]} bytes, there are ${bytes.length - start}`,
    );
  }
  const data = decode(new Uint8Array(bytes.subarray(start)).buffer, descr, fail);
  return { shape, data: fortran && shape.length > 1 ? toRows(data, shape) : data };
}

interface NpyHeader {
  descr: string;
  fortran: boolean;
  shape: number[];
}

const dictionary =
  /^\s*\{\s*'descr'\s*:\s*'([^']+)'\s*,\s*'fortran_order'\s*:\s*(True|False)\s*,\s*'shape'\s*:\s*\(([\d\s,L]*)\)\s*,?\s*\}\s*$/;

function readHeader(text: string, fail: (what: string) => CheckpointError): NpyHeader {
  const match = dictionary.exec(text);
  if (!match)
    throw fail(
      `the header ${JSON.stringify(text.slice(0, 100))} does not have descr, fortran_order and shape`,
    );
  const [, descr, fortran, sizes] = match;
  if (!Object.hasOwn(SIZES, descr)) throw fail(`type ${descr} is none of ${Object.keys(SIZES).join(", ")}`);
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map((size) => Number(size.trim().replace(/L$/, "")));
  if (shape.length > MOST_DIMENSIONS) {
    throw fail(`has ${shape.length} dimensions, expected at most ${MOST_DIMENSIONS}`);
  }
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(sizeOf(shape))) {
    throw fail(`shape (${sizes.slice(0, 100)}) is not valid`);
  }
  return { descr, fortran: fortran === "True", shape };
}

function decode(buffer: ArrayBuffer, descr: string, fail: (what: string) => CheckpointError): TypedArray {
  switch (descr) {
    case "<f4":
      return new Float32Array(buffer);
    case "<f8":
      return new Float64Array(buffer);
    case "<f2":
      return fromFloat16(new Uint16Array(buffer));
    case "<i4":
      return new Int32Array(buffer);
    case "<u4":
      return new Uint32Array(buffer);
    case "<i8":
      return Float64Array.from(new BigInt64Array(buffer), (value) => {
        if (!Number.isSafeInteger(Number(value)))
          throw fail(`the integer ${value} does not fit into a number`);
        return Number(value);
      });
    default:
      return new Uint8Array(buffer);
  }
}

/** Converts column-major to row-major order. */
function toRows(data: TypedArray, shape: readonly number[]): TypedArray {
  const result = data.slice();
  const index = new Array<number>(shape.length).fill(0);
  const strides: number[] = [];
  for (let axis = 0, stride = 1; axis < shape.length; stride *= shape[axis++]) strides.push(stride);
  for (let i = 0, from = 0; i < result.length; i++) {
    result[i] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= shape[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/**
 * Writes one array as a `.npy` file of version 1: little-endian, C order.
 *
 * @throws ShapeError when the array's length does not match its shape
 */
export function writeNpy({ shape, data }: SafeTensor): Uint8Array {
  if (sizeOf(shape) !== data.length) throw new ShapeError("array", `of ${data.length} elements`, shape);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${NAMES[dtypeOf(data)]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64; // data begins at a multiple of 64
  const file = new Uint8Array(start + data.byteLength);
  file.set([...MAGIC, 1, 0]);
  new DataView(file.buffer).setUint16(8, start - 10, true);
  file.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return file;
}
