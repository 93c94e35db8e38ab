/** Interface of observation and action spaces. */

import type { Random } from "../core/random.js";
import type { DType, TypedArray } from "../core/state.js";

/** A set of values with a shape and an element type. */
export interface Space<Value = number | TypedArray> {
  /** Which kind of space it is. */
  readonly kind: "box" | "discrete" | "multi-discrete";
  /** Shape of one value; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Element type of values. */
  readonly dtype: DType;
  /** Draws a random value. */
  sample(random: Random): Value;
  /** Whether `value` belongs to the space. */
  contains(value: unknown): boolean;
  /** Plain description, the argument of {@link spaceFromJSON}. */
  toJSON(): SpaceJSON;
}

/** A bound in a plain description; infinite ones are strings: `"Infinity"`, `"-Infinity"`. */
export type BoundJSON = number | string;

/** Plain description of a {@link Box}. */
export interface BoxJSON {
  /** Kind of the space. */
  kind: "box";
  /** Shape of one value. */
  shape: number[];
  /** Element type. */
  dtype: DType;
  /** Lower bound of all elements, or one per element. */
  low: BoundJSON | BoundJSON[];
  /** Upper bound of all elements, or one per element. */
  high: BoundJSON | BoundJSON[];
}

/** Plain description of a {@link Discrete} space. */
export interface DiscreteJSON {
  /** Kind of the space. */
  kind: "discrete";
  /** Number of values. */
  n: number;
  /** First value. */
  start: number;
}

/** Plain description of a {@link MultiDiscrete} space. */
export interface MultiDiscreteJSON {
  /** Kind of the space. */
  kind: "multi-discrete";
  /** Number of values of each entry. */
  nvec: number[];
}

/** Plain description of a space. */
export type SpaceJSON = BoxJSON | DiscreteJSON | MultiDiscreteJSON;
