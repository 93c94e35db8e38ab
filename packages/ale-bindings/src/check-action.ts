/** Checks actions. */

import { invalidArgument } from "./errors.js";
import type { BoxSpec, DiscreteSpec } from "./spaces.js";

/** Bounds of `[radius, theta, fire]`. */
export const continuousBounds = {
  low: [0, -Math.PI, 0].map(Math.fround),
  high: [1, Math.PI, 1].map(Math.fround),
};

/**
 * Checks that an action belongs to its space.
 *
 * @throws AleError `INVALID_ARGUMENT`
 */
export function checkAction(action: number | ArrayLike<number>, space: DiscreteSpec | BoxSpec): void {
  if (space.kind === "discrete") {
    if (!(Number.isInteger(action) && (action as number) >= 0 && (action as number) < space.n)) {
      throw invalidArgument("action", `expected an integer in 0..${space.n - 1}, received ${String(action)}`);
    }
    return;
  }
  for (let i = 0; i < 3; i++) {
    const value = typeof action === "number" ? Number.NaN : Math.fround(action[i]);
    if (!(value >= continuousBounds.low[i] && value <= continuousBounds.high[i])) {
      throw invalidArgument(
        "action",
        `expected [radius 0..1, theta -pi..pi, fire 0..1], received ${JSON.stringify(action)}`,
      );
    }
  }
}
