/** Validation of spaces before a network is built for them, so that an error leaves no weights behind. */

import { ShapeError } from "../core/errors.js";
import type { ActionSpace, Box } from "../spaces/index.js";
import { distributionSize } from "./policy-head.js";

/**
 * Checks the spaces of an actor-critic.
 *
 * @param rank number of axes of one observation · @param expected the expected shape as text
 * @throws ShapeError when observations have another rank
 * @throws InvalidArgumentError when the action space is a `Box` of integers
 */
export function checkSpaces(
  { observationSpace: { shape }, actionSpace }: { observationSpace: Box; actionSpace: ActionSpace },
  rank: number,
  expected: string,
): void {
  if (shape.length !== rank) throw new ShapeError("observationSpace", expected, shape);
  distributionSize(actionSpace);
}

/** Shape of frames, for {@link checkSpaces}. */
export const frameShape = "[height, width, channels]";
