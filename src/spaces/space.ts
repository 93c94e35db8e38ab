/** What observations and actions may be. */

import type { Random } from "../core/random.js";
import type { DType, TypedArray } from "../core/state.js";

/** A set of values with a shape and an element type. */
export interface Space<Value = number | TypedArray> {
  /** Which kind of space it is. */
  readonly kind: "box" | "discrete" | "multi-discrete";
  /** Shape of one value; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: DType;
  /** Draws a random value. */
  sample(random: Random): Value;
  /** Whether `value` belongs to the space. */
  contains(value: unknown): boolean;
  /** A plain description, the argument of {@link spaceFromJSON}. */
  toJSON(): SpaceJSON;
}

/** Plain description of a space. Infinite bounds are written as strings. */
export type SpaceJSON =
  | {
      kind: "box";
      shape: number[];
      dtype: DType;
      low: number | string | number[];
      high: number | string | number[];
    }
  | { kind: "discrete"; n: number; start: number }
  | { kind: "multi-discrete"; nvec: number[] };
