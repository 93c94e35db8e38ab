/** Makes a trainer from a checkpoint: nothing but data comes out of the file, and nothing is made that it does not fill. */

import {
  type ArrayPlace,
  type Checkpoint,
  type CheckpointPlace,
  readCheckpoint,
} from "../../checkpoints/index.js";
import { CheckpointError, InvalidArgumentError, NcpsError, ShapeError } from "../../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree, sizeOf } from "../../core/state.js";
import type { EnvOptions } from "../../envs/registry.js";
import { withinWeights } from "../../layers/weight-budget.js";
import { libraryModelFactory, type ModelSpaces } from "../../models/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { AbsentEnvs } from "./absent-envs.js";
import type { SavedForms } from "./saved-options.js";
import { missingOption, readRun, type SavedRun, type SetupOptions } from "./saved-run.js";
import { checkSameSpaces } from "./saved-spaces.js";
import type { Trainer } from "./trainer.js";

/** Elements of each array of a state, by its path joined with dots. */
export type ArrayLengths = ReadonlyMap<string, number>;

/** How a kind of trainer is made from its checkpoints. */
export interface Restoring<Options, T> {
  /** Kind of the checkpoints. */
  kind: string;
  /** The hyper-parameters that there are. */
  defaults: object;
  /** Forms that they have in checkpoints. */
  forms: SavedForms;
  /** Makes a trainer. */
  make(options: Options): T;
  /** Where in it large arrays can be put at once; the files are read twice then. */
  placeIn?(trainer: T): ArrayPlace;
  /** The fields that tell how many environments the state is of, for error messages. */
  numEnvsFields: string;
  /** How many environments the state is of; undefined when it does not say. */
  numEnvs(lengths: ArrayLengths, observationSize: number | undefined): number | undefined;
  /** Checks sizes that the options ask for before anything is made. @throws CheckpointError naming the field */
  checkSizes?(options: Options, lengths: ArrayLengths): void;
  /** The state without what belongs to running environments; `otherNumber` tells whether there are more or fewer now. */
  beginAnew(state: StateRecord, own: StateRecord, otherNumber: boolean): StateRecord;
}

/** How a trainer is restored. */
export interface RestoreOptions<T> {
  /** Whether it may do without environments: then it can play, but not learn. Default false. */
  playOnly?: boolean;
  /** A part of the state that playing does not need: it stays in the checkpoint until it is asked for. Default none. */
  later?: LaterPart<T>;
}

/** A part of a state that is read when it is needed, e.g. a replay memory of many gigabytes. */
export interface LaterPart<T> {
  /** Its name in the state. */
  name: string;
  /**
   * Told when the checkpoint holds the part and the trainer can take it.
   *
   * @param read reads it. It rejects with a CheckpointError when the checkpoint is not there any more, or is another one
   */
  leave(trainer: T, read: () => Promise<StateTree>): void;
}

/**
 * Makes a trainer from a checkpoint and puts its state back. When that fails, the trainer is closed.
 *
 * Environments in another number, or such that the caller gave and that do not take the saved state, begin new
 * episodes.
 *
 * @param options what shall differ, and what the checkpoint cannot hold
 * @throws CheckpointError when it is damaged, of another kind, or of another architecture
 * @throws InvalidArgumentError when an option is missing that the checkpoint cannot hold
 */
export async function restoreTrainer<Options extends SetupOptions, T extends Trainer & { env: VectorEnv }>(
  place: CheckpointPlace,
  restoring: Restoring<Options, T>,
  options: Partial<Options>,
  { playOnly = false, later }: RestoreOptions<T> = {},
): Promise<T> {
  const { store, name } = place;
  const { kind, placeIn } = restoring;
  let trainer: T | undefined;
  let lengths: ArrayLengths = new Map();
  const make = async (config: StateRecord, sizes: ArrayLengths) => {
    lengths = sizes;
    try {
      trainer = await makeFrom(config, sizes, { name, restoring, options, playOnly });
    } catch (error) {
      throw error instanceof CheckpointError ? ofCheckpoint(name, error) : error;
    }
    return placeIn?.(trainer);
  };
  try {
    if (later) {
      const { whole, sizes } = await readWithout(later.name, place, kind);
      await make(whole.config, sizes);
      const made = trainer as unknown as T;
      const state = fitting(made, whole.state, { restoring, options, lengths, name });
      const left = Boolean(state[later.name]);
      putState(made, name, { ...state, [later.name]: null });
      if (left) later.leave(made, () => readPart(later.name, place, whole, placeIn?.(made)));
      return made;
    }
    const { config, state } = await readCheckpoint(store, name, { kind, ...(placeIn && { prepare: make }) });
    if (!placeIn) await make(config, lengthsOf(state));
    const made = trainer as unknown as T;
    putState(made, name, fitting(made, state, { restoring, options, lengths, name }));
    return made;
  } catch (error) {
    await trainer?.close();
    throw error;
  }
}

// The arrays of the part are empty in the state; its sizes are known.
async function readWithout(
  part: string,
  { store, name }: CheckpointPlace,
  kind: string,
): Promise<{ whole: Required<Checkpoint>; sizes: ArrayLengths }> {
  const sizes = new Map<string, number>();
  const place: ArrayPlace = (path, _, length) => {
    sizes.set(path.join("."), length);
    return path[0] === part ? "skip" : undefined;
  };
  return { whole: await readCheckpoint(store, name, { kind, place }), sizes };
}

async function readPart(
  part: string,
  { store, name }: CheckpointPlace,
  { kind, created, counters }: Required<Checkpoint>,
  placeIn: ArrayPlace = () => undefined,
): Promise<StateTree> {
  const place: ArrayPlace = (path, dtype, length) =>
    path[0] === part ? placeIn(path, dtype, length) : "skip";
  const now = await readCheckpoint(store, name, { kind, prepare: () => place });
  if (now.created === created && JSON.stringify(now.counters) === JSON.stringify(counters)) {
    return now.state[part];
  }
  throw new CheckpointError(
    `checkpoint "${name}": it was replaced after the trainer had been loaded, which needs its ${part} now: load it again`,
  );
}

interface Making<Options, T> {
  name: string;
  restoring: Restoring<Options, T>;
  options: Partial<Options>;
  playOnly: boolean;
}

async function makeFrom<Options extends SetupOptions, T extends { env: VectorEnv }>(
  config: StateRecord,
  lengths: ArrayLengths,
  { name, restoring, options, playOnly }: Making<Options, T>,
): Promise<T> {
  const run = readRun(config, restoring, options);
  const complete = await completeOptions(run, options, lengths);
  const saved = restoring.numEnvs(lengths, run.spaces && sizeOf(run.spaces.observationSpace.shape));
  const sized = options.env === undefined && options.numEnvs === undefined && run.env !== null;
  if (sized && saved !== undefined && complete.numEnvs !== saved) {
    throw new CheckpointError(
      `field "config.hyperparameters.numEnvs": is ${complete.numEnvs}, but ${restoring.numEnvsFields} of the state tells of ${saved} environments`,
    );
  }
  const none = options.env === undefined && options.envOptions === undefined && options.wrapper === undefined;
  const without = (cause: unknown): T => {
    if (!(playOnly && none && run.spaces)) throw cause;
    const numEnvs = saved ?? complete.numEnvs ?? 1;
    const { setup, spaces } = run;
    const env = new AbsentEnvs({ ...spaces, numEnvs, setup, reason: (cause as Error).message, cause });
    return makeChecked({ ...complete, env }, { restoring, options, lengths });
  };
  let trainer: T;
  try {
    const missing = missingOption(run, options, name);
    if (missing?.argument === "model" || missing?.argument === "adam") throw missing;
    if (missing) return without(missing);
    const learners = complete.learners ?? 1;
    const own = run.given.model || !run.knownModel;
    if (run.given.learnerModel && options.learnerModel === undefined && learners > 1 && own) {
      throw again("learnerModel", name);
    }
    trainer = makeChecked(complete, { restoring, options, lengths });
  } catch (error) {
    if (!isAbsence(error)) throw error;
    return without(error);
  }
  if (run.spaces) checkSpaces(trainer, run);
  return trainer;
}

function checkSpaces(trainer: { env: VectorEnv; close?(): Promise<void> }, { spaces }: SavedRun): void {
  try {
    if (spaces) checkSameSpaces(spaces, trainer.env);
  } catch (error) {
    trainer.close?.().catch(() => {}); // what is thrown here says more
    throw error;
  }
}

function again(option: string, name: string): InvalidArgumentError {
  return new InvalidArgumentError(
    option,
    `checkpoint "${name}" cannot hold the ${option} of its run, which names a module: give it again`,
  );
}

// Environments that are not here, as opposed to options that are wrong.
function isAbsence(error: unknown): boolean {
  return (
    error instanceof NcpsError && ["NOT_REGISTERED", "MISSING_DEPENDENCY", "ENV_FAILED"].includes(error.code)
  );
}

// What is wrong with an option that the caller gave is the caller's; all else is the file's.
function makeChecked<Options extends SetupOptions, T>(
  complete: Options,
  { restoring, options, lengths }: Omit<Making<Options, T>, "name" | "playOnly"> & { lengths: ArrayLengths },
): T {
  try {
    restoring.checkSizes?.(complete, lengths);
    return restoring.make(complete);
  } catch (cause) {
    // Functions and environments of the caller may throw what they like.
    const { env, envOptions, wrapper, model } = options;
    const alone = [env, envOptions, wrapper, model].every((each) => each === undefined);
    if (alone && (cause instanceof TypeError || cause instanceof RangeError)) {
      throw new CheckpointError(`field "config": ${cause.message}`, { cause });
    }
    if (!(cause instanceof InvalidArgumentError || cause instanceof ShapeError)) throw cause;
    const [option] = cause.argument.split(".");
    const saved = alone || Object.hasOwn(restoring.defaults, option);
    if (!saved || (options as Record<string, unknown>)[option] !== undefined) throw cause;
    throw new CheckpointError(`field "config": ${cause.message}`, { cause });
  }
}

// The options that a run was made with, less those that shall differ.
async function completeOptions<Options extends SetupOptions>(
  { env, envOptions, hyperparameters, seed, model, knownModel, spaces }: SavedRun,
  options: Partial<Options>,
  lengths: ArrayLengths,
): Promise<Options> {
  const makeModel = options.model === undefined && knownModel ? await libraryModelFactory(model) : undefined;
  const remade = makeModel && {
    model: (present: ModelSpaces) => {
      if (spaces) checkSameSpaces(spaces, present);
      return buildSaved(lengths, () => makeModel(present));
    },
  };
  const fromId = { env: env ?? undefined, envOptions: (envOptions as EnvOptions | null) ?? undefined };
  return {
    ...hyperparameters,
    ...(seed !== null && { seed }),
    ...(options.env === undefined && fromId),
    ...remade,
    ...given(options),
  } as Options;
}

// Undefined options are options that were not given.
function given<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
}

/**
 * Makes a network as a checkpoint describes it, with no more weights than the checkpoint holds.
 *
 * @throws CheckpointError whatever is wrong with the description
 */
export function buildSaved<Model>(lengths: ArrayLengths, build: () => Model): Model {
  let weights = 0;
  for (const [path, length] of lengths) if (path.startsWith("model.")) weights += length;
  try {
    return withinWeights(weights, build);
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw new CheckpointError(`field "config.model": ${(cause as Error).message}`, { cause });
  }
}

/** Elements of all arrays of a state. */
export function lengthsOf(state: StateRecord): ArrayLengths {
  const lengths = new Map<string, number>();
  const visit = (value: StateTree, path: string): void => {
    if (isTypedArray(value)) lengths.set(path, value.length);
    else if (typeof value === "object" && value !== null) {
      for (const [key, entry] of Object.entries(value)) visit(entry, path ? `${path}.${key}` : key);
    }
  };
  visit(state, "");
  return lengths;
}

// The state as these environments can take it.
function fitting<Options extends SetupOptions, T extends Trainer & { env: VectorEnv }>(
  trainer: T,
  state: StateRecord,
  { restoring, options, lengths, name }: Omit<Making<Options, T>, "playOnly"> & { lengths: ArrayLengths },
): StateRecord {
  const { env } = trainer;
  const saved = restoring.numEnvs(lengths, sizeOf(env.observationSpace.shape));
  const otherNumber = saved !== undefined && saved !== env.numEnvs;
  const theirs =
    options.env !== undefined || options.envOptions !== undefined || options.wrapper !== undefined;
  const refusal = otherNumber || !theirs ? undefined : refusalOf(env, state.env);
  if (!otherNumber && refusal === undefined) return state;
  if (refusal !== undefined) {
    console.warn(
      `checkpoint "${name}": the environments that were given do not take the saved state (${refusal}); they begin new episodes`,
    );
  }
  return restoring.beginAnew(state, trainer.getState(), otherNumber);
}

function refusalOf(env: VectorEnv, state: StateTree | undefined): string | undefined {
  if (!state || !env.setState) return undefined;
  try {
    env.setState(state as StateRecord);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/**
 * Puts a checkpoint's state into a trainer.
 *
 * @throws CheckpointError naming the checkpoint and the field, whatever goes wrong
 */
export function putState(trainer: Trainer, name: string, state: StateRecord): void {
  try {
    trainer.setState(state);
  } catch (cause) {
    throw ofCheckpoint(name, cause);
  }
}

/** An error that names the checkpoint. */
export function ofCheckpoint(name: string, cause: unknown): CheckpointError {
  const { message } = cause as Error;
  if (message.startsWith(`checkpoint "${name}"`) && cause instanceof CheckpointError) return cause;
  return new CheckpointError(`checkpoint "${name}": ${message}`, { cause });
}
