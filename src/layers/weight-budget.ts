/** Limits the weights that layers create, for networks described in a file. */

import { InvalidArgumentError } from "../core/errors.js";
import { sizeOf } from "../core/state.js";

let left = Number.POSITIVE_INFINITY;

/**
 * Runs a function whose layers may create at most this many weights in total: whatever sizes a description asks for,
 * nothing larger than the saved weights is allocated.
 *
 * @throws InvalidArgumentError when more are requested, before they are created
 */
export function withinWeights<T>(weights: number, make: () => T): T {
  const outside = left;
  left = Math.min(outside, weights);
  try {
    return make();
  } finally {
    left = outside;
  }
}

/** Counts a weight that is about to be created. @throws InvalidArgumentError when it is too large, or has no size */
export function countWeight(name: string, shape: readonly number[]): void {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new InvalidArgumentError(
      "units",
      `the weight "${name}" cannot have the shape [${shape.join(", ")}]: expected whole numbers`,
    );
  }
  if (left === Number.POSITIVE_INFINITY) return;
  const size = sizeOf(shape);
  if (!(size <= left)) {
    throw new InvalidArgumentError(
      "model",
      `the weight "${name}" [${shape.join(", ")}] is larger than all weights that were saved`,
    );
  }
  left -= size;
}
