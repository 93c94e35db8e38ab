/** The network that a trainer was given, or that a factory makes for it. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";
import type { Box } from "../../spaces/index.js";

interface Network {
  readonly observationShape: readonly number[];
  dispose(): void;
}

/**
 * Takes a network, or makes one, and checks that it fits the environments. A network that was made here is freed when
 * it does not fit; one that was given stays the giver's until the trainer is whole.
 *
 * @param check what else has to fit
 * @throws ShapeError when it is for other observations
 * @throws InvalidArgumentError when a factory makes none for such observations
 */
export function givenModel<Model extends Network, Spaces extends { observationSpace: Box }>(
  given: Model | ((spaces: Spaces) => Model),
  spaces: Spaces,
  check: (model: Model) => void,
): Model {
  const model = typeof given === "function" ? makeFrom(given, spaces) : given;
  try {
    const { shape } = spaces.observationSpace;
    if (model.observationShape.join() !== shape.join()) {
      throw new ShapeError("model", `[${shape.join(", ")}] observations`, model.observationShape);
    }
    check(model);
  } catch (error) {
    if (model !== given) model.dispose();
    throw error;
  }
  return model;
}

// Presets bring factories for the observations that they were made for.
function makeFrom<Model, Spaces extends { observationSpace: Box }>(
  factory: (spaces: Spaces) => Model,
  spaces: Spaces,
): Model {
  try {
    return freeingOnFailure(() => factory(spaces));
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
    const { shape } = spaces.observationSpace;
    throw new InvalidArgumentError(
      "model",
      `the model factory, or that of the preset, makes no network for observations [${shape.join(", ")}] ` +
        `(${cause.message}); give a model for them, or model: undefined after the preset for the default network`,
      { cause },
    );
  }
}

/** Makes something; when that fails, the variables of what was half made are freed. */
export function freeingOnFailure<T>(make: () => T): T {
  const before = new Set(Object.values(tf.engine().registeredVariables));
  try {
    return make();
  } catch (error) {
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      if (!before.has(variable)) variable.dispose();
    }
    throw error;
  }
}
