/** Plain descriptions of observation and action spaces; compatible with Gymnasium's Box and Discrete. */

/** Arrays of one shape between bounds. */
export interface BoxSpec {
  /** Kind of the space. */
  readonly kind: "box";
  /** Shape of one value, e.g. `[210, 160, 3]`. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: "uint8" | "float32";
  /** Lower bound of every element, or one per element. */
  readonly low: number | readonly number[];
  /** Upper bound of every element, or one per element; inclusive. */
  readonly high: number | readonly number[];
}

/** The integers `0 .. n - 1`. */
export interface DiscreteSpec {
  /** Kind of the space. */
  readonly kind: "discrete";
  /** Shape of a scalar: `[]`. */
  readonly shape: readonly [];
  /** Element type. */
  readonly dtype: "int32";
  /** Number of actions. */
  readonly n: number;
}
