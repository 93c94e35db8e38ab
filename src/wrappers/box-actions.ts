/** Helpers for wrappers of continuous actions. */

import { InvalidArgumentError } from "../core/errors.js";
import { createTypedArray, isTypedArray, sizeOf, type TypedArray } from "../core/state.js";
import type { Action, Env } from "../envs/env.js";
import type { Box } from "../spaces/index.js";

/** The continuous action space of an environment and its bounds. */
export interface BoxActions {
  /** The action space. */
  space: Box;
  /** Lower bound of each element. */
  low: Float64Array;
  /** Upper bound of each element. */
  high: Float64Array;
  /** Returns a function that maps every element of an action into a new action of the space's type. */
  map(change: (value: number, index: number) => number): (action: Action) => TypedArray;
}

/**
 * Returns the bounds of an environment's continuous actions, element by element.
 *
 * @param wrapper name for the message
 * @throws InvalidArgumentError when the actions are not a `Box` of float32 or float64
 */
export function boxActions(env: Env, wrapper: string): BoxActions {
  const space = env.actionSpace;
  if (space.kind !== "box" || (space.dtype !== "float32" && space.dtype !== "float64")) {
    const received = space.kind === "box" ? `a box of ${space.dtype}` : space.kind;
    throw new InvalidArgumentError(
      "env",
      `${wrapper} expected actions in a Box of float32 or float64, received ${received}`,
    );
  }
  const size = sizeOf(space.shape);
  const each = (bound: number | Float64Array) =>
    typeof bound === "number" ? new Float64Array(size).fill(bound) : bound.slice();
  const map = (change: (value: number, index: number) => number) => (action: Action) => {
    if (!isTypedArray(action) || action.length !== size) {
      const received = isTypedArray(action) ? `${action.length} numbers` : `${action}`;
      throw new InvalidArgumentError("action", `expected an array of ${size} numbers, received ${received}`);
    }
    const changed = createTypedArray(space.dtype, size);
    for (let i = 0; i < size; i++) changed[i] = change(action[i], i);
    return changed;
  };
  return { space, low: each(space.low), high: each(space.high), map };
}
