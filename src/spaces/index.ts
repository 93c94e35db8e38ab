/**
 * Observation and action spaces.
 *
 * @module ncps-ts/spaces
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

/** Action spaces that the trainers support. */
export type ActionSpace = Discrete | MultiDiscrete | Box;

/**
 * Creates a space from the description that its `toJSON` returned.
 *
 * @throws InvalidArgumentError when it does not describe a space
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
