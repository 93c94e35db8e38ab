/** Types of saved states of stateful classes. */

/** The typed arrays of observations, frames and states. */
export type TypedArray = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

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

/** Interface of stateful classes: a state that can be saved and restored. */
export interface Stateful {
  /** Returns a copy of everything that determines what happens next. */
  getState(): StateRecord;
  /** Restores the result of {@link Stateful.getState}; everything then continues from there. */
  setState(state: StateRecord): void;
}

/** Number of elements of a shape: the product of its sizes (1 for the empty shape). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
