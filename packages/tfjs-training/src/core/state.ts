/** The form in which every stateful class hands out and takes back its state. */

/** The typed arrays that observations, frames and states are made of. */
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

/** What every stateful class offers: a state that can be taken out and put back. */
export interface Stateful {
  /** Returns a copy of everything that decides what happens next. */
  getState(): StateRecord;
  /** Puts back what {@link Stateful.getState} returned; then all goes on as from there. */
  setState(state: StateRecord): void;
}

/** Product of a shape's sizes: its number of elements (1 for the empty shape). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
