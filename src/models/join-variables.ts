/** Joining the weights of several blocks. */

import type * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError } from "../core/errors.js";
import type { Block } from "../layers/block.js";

/**
 * All weights of the blocks by name, in their order.
 *
 * @throws InvalidArgumentError when two blocks have a weight of the same name: one would not be trained or saved
 */
export function joinVariables(blocks: readonly Block[]): ReadonlyMap<string, tf.Variable> {
  const joined = new Map<string, tf.Variable>();
  for (const block of new Set(blocks)) {
    for (const [name, variable] of block.variables) {
      if (joined.has(name)) {
        throw new InvalidArgumentError(
          "name",
          `expected another name for each layer of a model, received two with a weight "${name}"; ` +
            `construct new ${block.getClassName()}({ name: "...", ... })`,
        );
      }
      joined.set(name, variable);
    }
  }
  return joined;
}
