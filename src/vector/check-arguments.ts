/** Validation of arguments of vector environments. */

import { InvalidArgumentError, ShapeError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import { sizeOf } from "../core/state.js";
import type { ActionSpace } from "../spaces/index.js";

/**
 * Checks that a seed is an integer or undefined.
 *
 * @throws InvalidArgumentError otherwise
 */
export function checkSeed(seed: number | undefined): void {
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new InvalidArgumentError("seed", `expected an integer, received ${showValue(seed)}`);
  }
}

/**
 * Returns the given indices of environments, by default all.
 *
 * @throws InvalidArgumentError when there is no such environment
 */
export function checkIndices(indices: readonly number[] | undefined, numEnvs: number): readonly number[] {
  if (indices === undefined) return Array.from({ length: numEnvs }, (_, i) => i);
  const wrong = indices.find((i) => !(Number.isInteger(i) && i >= 0 && i < numEnvs));
  if (wrong === undefined) return indices;
  throw new InvalidArgumentError(
    "indices",
    `expected integers in 0..${numEnvs - 1}, received ${showValue(wrong)}`,
  );
}

/**
 * Checks that there is one valid action for each environment.
 *
 * @throws ShapeError when the length is wrong
 * @throws InvalidArgumentError when an action is outside of its space; `Box` bounds are checked by the environment
 */
export function checkActions(actions: ArrayLike<number>, space: ActionSpace, numEnvs: number): void {
  const each = sizeOf(space.shape);
  if (actions.length !== numEnvs * each) {
    throw new ShapeError("actions", `[${[numEnvs, ...space.shape].join(", ")}] flat`, [actions.length]);
  }
  for (let k = 0; k < actions.length; k++) {
    const action = actions[k];
    const low = space.kind === "discrete" ? space.start : 0;
    const count =
      space.kind === "discrete" ? space.n : space.kind === "multi-discrete" ? space.nvec[k % each] : 0;
    if (
      count === 0
        ? Number.isFinite(action)
        : Number.isInteger(action) && action >= low && action < low + count
    )
      continue;
    const expected = count === 0 ? "a finite number" : `an integer in ${low}..${low + count - 1}`;
    throw new InvalidArgumentError(
      `actions[${k}]`,
      `expected ${expected}, received ${action}. Nothing was played`,
    );
  }
}
