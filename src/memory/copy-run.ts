/** Copies of short and long runs of numbers. */

import { isTypedArray, type TypedArray } from "../core/state.js";

// A view of an array costs about as much as copying this many numbers one by one.
const SHORT_RUN = 24;

/** Copies `count` numbers of `source` from the index `from` on to `target` from the index `at` on. */
export function copyRun(
  target: TypedArray,
  at: number,
  source: ArrayLike<number>,
  from: number,
  count: number,
): void {
  if (count > SHORT_RUN && isTypedArray(source)) target.set(source.subarray(from, from + count), at);
  else for (let i = 0; i < count; i++) target[at + i] = source[from + i];
}
