/** Weights as plain arrays. */

import * as tf from "@tensorflow/tfjs-core";
import { CheckpointError, InvalidArgumentError, ShapeError } from "../core/errors.js";
import type { StateRecord } from "../core/state.js";

/** Copies of all weights by name. Reads them synchronously. */
export function getWeights(variables: ReadonlyMap<string, tf.Variable>): StateRecord {
  return Object.fromEntries(
    [...variables].map(([name, variable]) => [name, variable.dataSync<"float32">().slice()]),
  );
}

/**
 * The trainable weights: all except those of layers with `trainable: false`.
 *
 * @throws InvalidArgumentError when there are none
 */
export function trainableVariables(
  variables: ReadonlyMap<string, tf.Variable>,
): ReadonlyMap<string, tf.Variable> {
  const chosen = new Map([...variables].filter(([, { trainable }]) => trainable));
  if (chosen.size > 0) return chosen;
  throw new InvalidArgumentError(
    "model",
    `expected a weight to train, received ${variables.size} that are all frozen: remove trainable: false from a layer`,
  );
}

/**
 * Sets all weights by name.
 *
 * @throws CheckpointError when a name is missing or unknown
 * @throws ShapeError when a weight has the wrong size
 */
export function setWeights(variables: ReadonlyMap<string, tf.Variable>, weights: StateRecord): void {
  for (const name of Object.keys(weights)) {
    if (!variables.has(name)) throw new CheckpointError(`weight "${name}" does not exist in this model`);
  }
  for (const [name, variable] of variables) {
    const values = weights[name];
    if (!(values instanceof Float32Array)) throw new CheckpointError(`weight "${name}" is missing`);
    if (values.length !== variable.size)
      throw new ShapeError(name, `[${variable.shape.join(", ")}]`, [values.length]);
  }
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(weights[name] as Float32Array, variable.shape)));
  }
}
