/** Models on their way to other threads: by class and options, or by the module that makes them. */

import { InvalidArgumentError } from "../../core/errors.js";
import {
  type ActorCritic,
  CfCActorCritic,
  ConvCfCActorCritic,
  MlpActorCritic,
  type ModelConfig,
  NatureActorCritic,
  NatureCfCActorCritic,
  type SpacesOptions,
} from "../../models/index.js";
import type { LearnerModel } from "./learner-model.js";

type ModelClass = new (options: SpacesOptions) => ActorCritic;

const classes: Readonly<Record<string, ModelClass>> = {
  CfCActorCritic,
  ConvCfCActorCritic,
  MlpActorCritic,
  NatureActorCritic,
  NatureCfCActorCritic,
};

/** How another thread makes a model, as plain data. */
export type SentModel = ModelConfig | { module: string; export: string };

/**
 * Describes a model.
 *
 * @throws InvalidArgumentError when it is not one of the library's and there is no module
 */
export function describeModel(model: ActorCritic, from: LearnerModel | undefined): SentModel {
  if (from) return { module: String(from.module), export: from.export ?? "default" };
  const { className, config } = model.toJSON();
  if (model.constructor === classes[className]) return { className, config };
  throw new InvalidArgumentError(
    "learnerModel",
    `learners on other threads know the classes ${Object.keys(classes).join(", ")} only, received ` +
      `${model.constructor.name}. Export its factory from a module and give ` +
      '{ module: new URL("./own-model.js", import.meta.url), export: "makeModel" }',
  );
}

/** Makes a model of the library from its description, with weights of its own. */
export function buildModel({ className, config }: ModelConfig, spaces: SpacesOptions): ActorCritic {
  return new classes[className]({ ...config, ...spaces });
}
