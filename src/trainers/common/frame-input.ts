/** Observations from typed arrays to inputs of compiled steps. */

import type { ArrayInput } from "tfjs-training";
import type { TypedArray } from "../../core/state.js";

/**
 * Describes observations as an input: bytes (frames, which are divided once, inside the model) and fractions become
 * float32, other whole numbers int32. The array is not copied.
 */
export function frameInput(values: TypedArray, shape: readonly number[]): ArrayInput {
  return { values: values instanceof Uint32Array ? Int32Array.from(values) : values, shape };
}
