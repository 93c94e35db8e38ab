/**
 * Spaces of observations and actions.
 *
 * @module
 */

import { InvalidArgumentError } from "../core/errors.js";
import { Box } from "./box.js";
import { Discrete } from "./discrete.js";
import { MultiDiscrete } from "./multi-discrete.js";
import type { BoundJSON, SpaceJSON } from "./space.js";

export { Box, type BoxOptions } from "./box.js";
export { Discrete } from "./discrete.js";
export { MultiDiscrete } from "./multi-discrete.js";
export type { BoundJSON, BoxJSON, DiscreteJSON, MultiDiscreteJSON, Space, SpaceJSON } from "./space.js";

/** Spaces that the trainers can act in. */
export type ActionSpace = Discrete | MultiDiscrete | Box;

/**
 * Makes a space from the description that its `toJSON` gave.
 *
 * @throws InvalidArgumentError when it describes no space
 */
export function spaceFromJSON(json: SpaceJSON): ActionSpace {
  if (json.kind === "discrete") return new Discrete(json.n, json.start);
  if (json.kind === "multi-discrete") return new MultiDiscrete(json.nvec);
  if (json.kind !== "box") {
    const { kind } = json as { kind: unknown };
    throw new InvalidArgumentError("kind", `expected box, discrete or multi-discrete, received ${kind}`);
  }
  const bound = (value: BoundJSON | BoundJSON[]) =>
    Array.isArray(value) ? value.map(Number) : Number(value);
  return new Box({ shape: json.shape, dtype: json.dtype, low: bound(json.low), high: bound(json.high) });
}
