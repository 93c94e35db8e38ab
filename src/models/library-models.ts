/** The library's networks by class name, to rebuild them from a description. */

import { InvalidArgumentError } from "../core/errors.js";
import type { ActionSpace, Box } from "../spaces/index.js";
import type { ActorCritic, ModelConfig } from "./actor-critic.js";
import { libraryClasses } from "./library-classes.js";
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

// Loaded when a description names them, so that a page with a custom network need not load these.
const classes: Readonly<Record<string, () => Promise<ModelClass>>> = {
  CfCActorCritic: async () => (await import("./cfc-actor-critic.js")).CfCActorCritic,
  ConvCfCActorCritic: async () => (await import("./conv-cfc-actor-critic.js")).ConvCfCActorCritic,
  DuelingQNetwork: async () => (await import("./dueling-q-network.js")).DuelingQNetwork,
  LTCActorCritic: async () => (await import("./ltc-actor-critic.js")).LTCActorCritic,
  MlpActorCritic: async () => (await import("./mlp-actor-critic.js")).MlpActorCritic,
  MlpQNetwork: async () => (await import("./mlp-q-network.js")).MlpQNetwork,
  NatureActorCritic: async () => (await import("./nature-actor-critic.js")).NatureActorCritic,
  NatureCfCActorCritic: async () => (await import("./nature-cfc-actor-critic.js")).NatureCfCActorCritic,
  NatureLTCActorCritic: async () => (await import("./nature-ltc-actor-critic.js")).NatureLTCActorCritic,
};

/** Names of the classes that {@link libraryModelFactory} knows. */
export const libraryModelNames: readonly string[] = Object.keys(classes);

/** Whether a network is exactly of one of the library's classes, so that its description is complete. */
export function isLibraryModel(model: TrainableModel): boolean {
  return libraryClasses.get(model.constructor) === model.toJSON().className;
}

/**
 * Loads the network class that a description names.
 *
 * @returns a function that builds such networks, with new weights
 * @example
 * ```ts
 * const makeModel = await libraryModelFactory<ActorCritic>(model.toJSON());
 * const untrained = makeModel({ observationSpace, actionSpace, seed: 1 });
 * ```
 * @throws InvalidArgumentError when the class is not one of {@link libraryModelNames}
 */
export async function libraryModelFactory<Kind extends TrainableModel>({
  className,
  config,
}: ModelConfig): Promise<(spaces: ModelSpaces) => Kind> {
  if (!Object.hasOwn(classes, className)) {
    const expected = libraryModelNames.join(", ");
    throw new InvalidArgumentError("className", `expected one of ${expected}, received ${className}`);
  }
  const Model = await classes[className]();
  return (spaces) => new Model({ ...spaces, ...currentNames(config) } as never) as Kind;
}

// Earlier checkpoints call the widths of hidden layers `hidden` (one number), `encoderUnits`, or `units` (a list).
function currentNames({ hidden, encoderUnits, ...config }: ModelConfig["config"]): ModelConfig["config"] {
  const widths = hidden === undefined ? encoderUnits : [hidden];
  if (widths !== undefined) return { ...config, hiddenUnits: widths };
  const { units, ...rest } = config;
  return Array.isArray(units) ? { ...rest, hiddenUnits: units } : config;
}
