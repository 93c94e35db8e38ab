/** Descriptions of models for other threads: class and options, or the module that creates them. */

import { InvalidArgumentError } from "../../../core/errors.js";
import {
  type ActorCritic,
  isLibraryModel,
  libraryModelNames,
  type ModelConfig,
} from "../../../models/index.js";
import type { LearnerModel } from "./learner-model.js";

/** How another thread creates a model, as plain data. */
export type SentModel = ModelConfig | { module: string; export: string };

/**
 * Describes a model for other threads.
 *
 * @throws InvalidArgumentError when it is not one of the library's models and no module is given
 */
export function describeModel(model: ActorCritic, from: LearnerModel | undefined): SentModel {
  if (from) return { module: String(from.module), export: from.export ?? "default" };
  if (isLibraryModel(model)) return model.toJSON();
  throw new InvalidArgumentError(
    "learnerModel",
    `learners on other threads know the classes ${libraryModelNames.join(", ")} only, received ` +
      `${model.constructor.name}. Export its factory from a module and give ` +
      '{ module: new URL("./own-model.js", import.meta.url), export: "makeModel" }',
  );
}
