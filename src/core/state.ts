/** The form in which every stateful class hands out and takes back its state. */

import { NcpsError } from "./errors.js";

/** The typed arrays that observations, frames and states are made of. */
export type TypedArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** Element types of {@link TypedArray}s. */
export type DType = "uint8" | "int32" | "uint32" | "float32" | "float64";

/**
 * A saved state: plain values and typed arrays, nested freely. Checkpoints store the
 * plain part as JSON and the arrays as tensors. Typed arrays inside are copies.
 */
export type StateTree =
  | null
  | boolean
  | number
  | string
  | TypedArray
  | StateTree[]
  | { [key: string]: StateTree };

/** A state whose root is a record. */
export type StateRecord = { [key: string]: StateTree };

/** What every stateful class offers: a state that can be taken out and put back. */
export interface Stateful {
  /** Returns a copy of everything that decides what happens next. */
  getState(): StateRecord;
  /** Puts back what {@link Stateful.getState} returned; then all goes on as from there. */
  setState(state: StateRecord): void;
}

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

/** Product of a shape's sizes: its number of elements (1 for the empty shape). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
