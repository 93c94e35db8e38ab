/** The common form of saved states. */

import type { TypedArray } from "tfjs-training/core";
import { NcpsError } from "./errors.js";

export { type Stateful, type StateRecord, type StateTree, sizeOf, type TypedArray } from "tfjs-training/core";

/** Element types of {@link TypedArray}s. */
export type DType = "uint8" | "int32" | "uint32" | "float32" | "float64";

const constructors = {
  uint8: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Makes a zeroed typed array of `length` elements. */
export function createTypedArray(dtype: DType, length: number): TypedArray {
  return new constructors[dtype](length);
}

/** Element type of a typed array. */
export function dtypeOf(array: TypedArray): DType {
  for (const [dtype, make] of Object.entries(constructors)) {
    if (array instanceof make) return dtype as DType;
  }
  throw new NcpsError("INVALID_ARGUMENT", `unsupported array type ${Object.prototype.toString.call(array)}`);
}

/** Whether a value is one of the supported typed arrays. */
export function isTypedArray(value: unknown): value is TypedArray {
  return Object.values(constructors).some((make) => value instanceof make);
}
