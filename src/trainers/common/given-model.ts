/** The network passed to a trainer, or created for it by a factory. */

import * as tf from "@tensorflow/tfjs-core";
import { InvalidArgumentError, ShapeError } from "../../core/errors.js";
import type { Box } from "../../spaces/index.js";

interface Network {
  readonly observationShape: readonly number[];
  dispose(): void;
}

/**
 * Returns the given network, or creates one, and checks that it fits the environments. A network created here is
 * disposed when it does not fit; one that was passed in belongs to the caller until the trainer is constructed.
 *
 * @param check further checks
 * @throws ShapeError when the network expects other observations
 * @throws InvalidArgumentError when the factory cannot make a network for such observations
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

// Presets contain factories for the observations that they were designed for.
function makeFrom<Model, Spaces extends { observationSpace: Box }>(
  factory: (spaces: Spaces) => Model,
  spaces: Spaces,
): Model {
  try {
    return disposeOnFailure(() => factory(spaces));
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

/** Calls `make`; if it throws, the variables it created are disposed. */
export function disposeOnFailure<T>(make: () => T): T {
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
