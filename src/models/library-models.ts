/** The library's networks by class name, to rebuild them from a description. */

import type { ActionSpace, Box } from "../spaces/index.js";
import type { ActorCritic, ModelConfig } from "./actor-critic.js";
import { CfCActorCritic } from "./cfc-actor-critic.js";
import { ConvCfCActorCritic } from "./conv-cfc-actor-critic.js";
import { DuelingQNetwork } from "./dueling-q-network.js";
import { LTCActorCritic } from "./ltc-actor-critic.js";
import { MlpActorCritic } from "./mlp-actor-critic.js";
import { MlpQNetwork } from "./mlp-q-network.js";
import { NatureActorCritic } from "./nature-actor-critic.js";
import { NatureCfCActorCritic } from "./nature-cfc-actor-critic.js";
import { NatureLTCActorCritic } from "./nature-ltc-actor-critic.js";
import type { QNetwork } from "./q-network.js";

/** A network that trainers of environments can train. */
export type TrainableModel = ActorCritic | QNetwork;

/** The spaces that a network is built for. */
export interface ModelSpaces {
  /** The observation space. */
  observationSpace: Box;
  /** The action space. */
  actionSpace: ActionSpace;
  /** Seed of the initial weights. */
  seed?: number;
}

type ModelClass = new (options: never) => TrainableModel;

const classes: Readonly<Record<string, ModelClass>> = {
  CfCActorCritic,
  ConvCfCActorCritic,
  DuelingQNetwork,
  LTCActorCritic,
  MlpActorCritic,
  MlpQNetwork,
  NatureActorCritic,
  NatureCfCActorCritic,
  NatureLTCActorCritic,
};

/** Names of the classes that {@link rebuildModel} knows. */
export const libraryModelNames: readonly string[] = Object.keys(classes);

/** Whether a network is exactly of one of the library's classes, so that its description is complete. */
export function isLibraryModel(model: TrainableModel): boolean {
  return model.constructor === classes[model.toJSON().className];
}

/** Builds a network of the library from its description, with new weights. */
export function rebuildModel<Kind extends TrainableModel>(
  { className, config }: ModelConfig,
  spaces: ModelSpaces,
): Kind {
  return new classes[className]({ ...spaces, ...currentNames(config) } as never) as Kind;
}

// Earlier checkpoints call the widths of hidden layers `hidden` (one number), `encoderUnits`, or `units` (a list).
function currentNames({ hidden, encoderUnits, ...config }: ModelConfig["config"]): ModelConfig["config"] {
  const widths = hidden === undefined ? encoderUnits : [hidden];
  if (widths !== undefined) return { ...config, hiddenUnits: widths };
  const { units, ...rest } = config;
  return Array.isArray(units) ? { ...rest, hiddenUnits: units } : config;
}
