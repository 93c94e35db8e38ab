/** What checkpoints keep of the options that a trainer was made with, and how a trainer is made from it again. */

import { type ArrayPlace, type CheckpointPlace, readCheckpoint, splitState } from "../checkpoints/index.js";
import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import type { StateRecord, StateTree } from "../core/state.js";
import type { EnvOptions } from "../envs/registry.js";
import {
  type ActorCritic,
  isLibraryModel,
  libraryModelNames,
  type ModelConfig,
  type ModelSpaces,
  type QNetwork,
  rebuildModel,
} from "../models/index.js";
import type { AdamOptions } from "../optimizers/index.js";
import type { VectorEnv } from "../vector/vector-env.js";
import { optionsOfTheirTime } from "./old-options.js";
import type { Trainer } from "./trainer.js";

/** Options that all trainers of environments have. */
export interface SetupOptions {
  /** Environments, or an id. */
  env: VectorEnv | string;
  /** Options of the environment, when `env` is an id. */
  envOptions?: EnvOptions;
  /** Wraps each environment, when `env` is an id. */
  wrapper?: unknown;
  /** The network, or a factory. */
  model?: unknown;
  /** Seed of everything random. */
  seed?: number;
  /** Adam's numbers, and the function that says which weights decay. */
  adam?: AdamOptions;
}

/** What is needed to make the trainer again, and what of it the checkpoint cannot hold. */
export function describeSetup({ env, envOptions, wrapper, model, seed, adam }: SetupOptions): StateRecord {
  const isId = typeof env === "string";
  const plain = isId && isPlain(envOptions);
  return {
    env: isId ? env : null,
    envOptions: plain ? ((envOptions ?? null) as StateRecord | null) : null,
    given: {
      env: !isId,
      envOptions: isId && !plain,
      wrapper: isId && wrapper !== undefined,
      model: model !== undefined,
      decays: adam?.decays !== undefined,
    },
    seed: seed ?? null,
  };
}

/**
 * What a checkpoint keeps of a trainer's making. A network of the library is described whole; another one that
 * was given as an object or function has to be given again.
 */
export function describeRun(
  setup: StateRecord,
  hyperparameters: { adam: AdamOptions },
  model: ActorCritic | QNetwork,
): StateRecord {
  const given = setup.given as Record<string, boolean>;
  const known = isLibraryModel(model);
  const { adam, ...rest } = hyperparameters;
  const { decays, ...numbers } = adam;
  return {
    ...setup,
    given: { ...given, model: given.model && !known },
    hyperparameters: { ...rest, adam: numbers } as StateRecord,
    // One that has to be given again may describe itself as it likes.
    model: known ? (model.toJSON() as unknown as StateRecord) : JSON.parse(JSON.stringify(model.toJSON())),
  };
}

// Whether a checkpoint can hold it: plain values and arrays, infinities included, nothing that has methods.
function isPlain(envOptions: unknown): boolean {
  try {
    splitState((envOptions ?? null) as StateTree);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a trainer from a checkpoint and puts its state back. When that fails, the trainer is closed.
 *
 * @param kind kind of the checkpoint · @param options what shall differ, and what the checkpoint cannot hold
 * @param make makes the trainer · @param placeIn where in it large arrays can be put at once
 * @throws CheckpointError when it is damaged, of another kind, or of another architecture
 * @throws InvalidArgumentError when an option is missing that the checkpoint cannot hold
 */
export async function restoreTrainer<Options extends SetupOptions, T extends Trainer>(
  { store, name }: CheckpointPlace,
  kind: string,
  options: Partial<Options>,
  make: (options: Options) => T,
  placeIn?: (trainer: T) => ArrayPlace,
): Promise<T> {
  let trainer: T | undefined;
  const prepare = (config: StateRecord) => {
    const hyperparameters = optionsOfTheirTime(kind, config.hyperparameters as StateRecord);
    trainer = make(completeOptions({ ...config, hyperparameters }, options, name));
    return placeIn?.(trainer);
  };
  try {
    const { state } = await readCheckpoint(store, name, { kind, prepare });
    putState(trainer as T, name, state);
  } catch (error) {
    await trainer?.close();
    throw error;
  }
  return trainer as T;
}

// The options that a run was made with, less those that shall differ.
function completeOptions<Options extends SetupOptions>(
  config: StateRecord,
  options: Partial<Options>,
  name: string,
): Options {
  const given = config.given as Record<string, boolean>;
  for (const option of ["env", "envOptions", "wrapper", "model"] as const) {
    const replaced = (option === "wrapper" || option === "envOptions") && options.env !== undefined;
    if (given[option] && options[option] === undefined && !replaced) {
      throw new InvalidArgumentError(
        option,
        `checkpoint "${name}" cannot hold the ${option} of its run, which was or held an object or function: give it again`,
      );
    }
  }
  if (given.decays && options.adam === undefined) {
    throw new InvalidArgumentError(
      "adam",
      `checkpoint "${name}" cannot hold the function "decays" of its run: give adam again`,
    );
  }
  const description = config.model as unknown as ModelConfig;
  const known = libraryModelNames.includes(description.className);
  const remade = known && { model: (spaces: ModelSpaces) => rebuildModel(description, spaces) };
  const fromId = { env: config.env as string, envOptions: (config.envOptions as EnvOptions) ?? undefined };
  return {
    ...(config.hyperparameters as object),
    ...(config.seed !== null && { seed: config.seed as number }),
    ...(options.env === undefined && fromId),
    ...(options.model === undefined && remade),
    ...options,
  } as Options;
}

/**
 * Puts a checkpoint's state into a new trainer, which is closed when it does not fit.
 *
 * @throws CheckpointError naming the checkpoint or the field
 */
export async function withState<T extends Trainer>(trainer: T, name: string, state: StateRecord): Promise<T> {
  try {
    putState(trainer, name, state);
  } catch (error) {
    await trainer.close();
    throw error;
  }
  return trainer;
}

function putState(trainer: Trainer, name: string, state: StateRecord): void {
  try {
    trainer.setState(state);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(`checkpoint "${name}": ${(cause as Error).message}`, { cause });
  }
}
