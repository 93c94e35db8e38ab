/** The part of a checkpoint that describes the options of its trainer. */

import type { AdamOptions } from "tfjs-training";
import { CheckpointError, InvalidArgumentError } from "../../core/errors.js";
import type { StateRecord, StateTree } from "../../core/state.js";
import { type EnvOptions, envSpec } from "../../envs/registry.js";
import {
  type ActorCritic,
  isLibraryModel,
  libraryModelNames,
  type ModelConfig,
  type QNetwork,
} from "../../models/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { upgradeOptions } from "../ppo/old-options.js";
import { AbsentEnvs } from "./absent-envs.js";
import { isRecord, readRecord, readSavedOptions, type SavedForms, shown } from "./saved-options.js";
import { describeSpaces, readSpaces, type Spaces } from "./saved-spaces.js";

/** Options that all trainers with environments have. */
export interface SetupOptions {
  /** The environments, or an id. */
  env: VectorEnv | string;
  /** Options of the environment, when `env` is an id. */
  envOptions?: EnvOptions;
  /** Wraps each environment, when `env` is an id. */
  wrapper?: unknown;
  /** Number of environments, when `env` is an id. */
  numEnvs?: number;
  /** The network, or a factory of one. */
  model?: unknown;
  /** The module that creates the network for other learners. */
  learnerModel?: unknown;
  /** Number of learners that share every minibatch. */
  learners?: number;
  /** Seed of all random generators. */
  seed?: number;
  /** Options of Adam, and the function that selects the weights to decay. */
  adam?: AdamOptions;
}

/** Describes what is needed to recreate the trainer, and which of it the checkpoint cannot contain. */
export function describeSetup(options: SetupOptions): StateRecord {
  const { env, envOptions, wrapper, model, learnerModel, seed, adam } = options;
  // A checkpoint saved again without its environments can still be resumed with them.
  if (env instanceof AbsentEnvs) return { ...env.setup, seed: seed ?? null };
  const isId = typeof env === "string";
  const kept = isId && unsavable(env, envOptions).length === 0;
  return {
    env: isId ? env : null,
    envOptions: kept ? ((envOptions ?? null) as StateRecord | null) : null,
    given: {
      env: !isId,
      envOptions: isId && !kept,
      wrapper: isId && wrapper !== undefined,
      model: model !== undefined,
      learnerModel: learnerModel !== undefined,
      decays: adam?.decays !== undefined,
    },
    seed: seed ?? null,
  };
}

/**
 * Describes how a trainer was created, for its checkpoint. A network of the library is described completely; another
 * network that was passed as an object or function has to be passed again.
 */
export function describeRun(
  setup: StateRecord,
  hyperparameters: { adam: AdamOptions },
  model: ActorCritic | QNetwork,
  spaces: Spaces,
): StateRecord {
  const given = setup.given as Record<string, boolean>;
  const known = isLibraryModel(model);
  const { adam, ...rest } = hyperparameters;
  const { decays, ...numbers } = adam;
  return {
    ...setup,
    given: { ...given, model: given.model && !known },
    spaces: describeSpaces(spaces),
    hyperparameters: { ...rest, adam: numbers } as StateRecord,
    // A network that has to be passed again may describe itself in any form.
    model: known ? (model.toJSON() as unknown as StateRecord) : JSON.parse(JSON.stringify(model.toJSON())),
  };
}

/** Names of environment options that checkpoints do not contain, because they are not declared as safe. */
function unsavable(id: string, options: EnvOptions | null | undefined): string[] {
  const declared = envSpec(id).savedOptions ?? [];
  return Object.entries(options ?? {})
    .filter(([name, value]) => value !== undefined && !(declared.includes(name) && isPlain(value)))
    .map(([name]) => name);
}

// Accepts a number, a flag, a short string, or a list of them.
function isPlain(value: unknown, inList = false): boolean {
  if (Array.isArray(value))
    return !inList && value.length <= 1000 && value.every((each) => isPlain(each, true));
  if (typeof value === "string") return value.length <= 1000;
  return value === null || typeof value === "number" || typeof value === "boolean";
}

/** A checkpoint's validated `config`: only plain values of known names. */
export interface SavedRun {
  /** Id of the environment; null if environments were passed. */
  env: string | null;
  /** Options of the environment; {@link unsavable} says which of them may be used. */
  envOptions: StateRecord | null;
  /** Options that have to be passed again. */
  given: Readonly<Record<(typeof GIVEN)[number], boolean>>;
  /** The seed, if there was one. */
  seed: number | null;
  /** Hyper-parameters that the caller did not replace. */
  hyperparameters: StateRecord;
  /** Description of the network. */
  model: ModelConfig;
  /** Whether it is one of the library's networks. */
  knownModel: boolean;
  /** Observation and action space; missing in checkpoints of early versions. */
  spaces?: Spaces;
  /** Everything but hyper-parameters, network and spaces, unchanged. */
  setup: StateRecord;
}

const GIVEN = ["env", "envOptions", "wrapper", "model", "learnerModel", "decays"] as const;

/**
 * Reads and validates a checkpoint's `config`.
 *
 * @param kind kind of trainer · @param defaults known hyper-parameters · @param forms their forms
 * @param options options passed by the caller
 * @throws CheckpointError naming the field that is missing, unknown or of another form
 */
export function readRun(
  config: StateRecord,
  { kind, defaults, forms }: { kind: string; defaults: object; forms: SavedForms },
  options: object,
): SavedRun {
  const { env = null, envOptions = null, seed = null, spaces } = config;
  if (!(env === null || (typeof env === "string" && env.length <= 200)))
    throw wrong("env", "an id or null", env);
  if (!(envOptions === null || isRecord(envOptions)))
    throw wrong("envOptions", "a record or null", envOptions);
  if (!(seed === null || Number.isSafeInteger(seed))) throw wrong("seed", "an integer or null", seed);
  const saved = readRecord("config.given", config.given);
  const given = Object.fromEntries(GIVEN.map((name) => [name, saved[name] ?? false]));
  for (const [name, flag] of Object.entries(given)) {
    if (typeof flag !== "boolean") throw wrong(`given.${name}`, "true or false", flag);
  }
  if (env === null && !given.env) throw wrong("env", "an id", env);
  const model = readModelConfig(config.model);
  return {
    env,
    envOptions,
    given: given as SavedRun["given"],
    seed: seed as number | null,
    hyperparameters: readSavedOptions(
      upgradeOptions(kind, readRecord("config.hyperparameters", config.hyperparameters)),
      defaults,
      forms,
      options,
    ),
    model,
    knownModel: libraryModelNames.includes(model.className),
    ...(spaces !== undefined && { spaces: readSpaces(spaces) }),
    setup: { env, envOptions, given },
  };
}

/** Reads the description of a network. @throws CheckpointError naming the field */
export function readModelConfig(value: StateTree | undefined): ModelConfig {
  const { className, config } = readRecord("config.model", value);
  if (typeof className !== "string") throw wrong("model.className", "a text", className);
  const options = readRecord("config.model.config", config ?? {});
  // The trainer and the environments supply these; no network describes itself with them.
  const foreign = ["observationSpace", "actionSpace", "__proto__"].find((name) =>
    Object.hasOwn(options, name),
  );
  if (foreign)
    throw new CheckpointError(`field "config.model.config.${foreign}": is not an option of a network`);
  return { className, config: options };
}

/**
 * The error for the first option that the caller has to pass again and did not.
 *
 * @param name name of the checkpoint
 */
export function missingOption(
  { given, env, envOptions }: SavedRun,
  options: Partial<SetupOptions>,
  name: string,
): InvalidArgumentError | undefined {
  const missing = (option: "env" | "envOptions" | "wrapper" | "model") =>
    given[option] && options[option] === undefined;
  const again = (option: string, why: string) =>
    new InvalidArgumentError(option, `checkpoint "${name}" cannot hold ${why}: give it again`);
  const held = (option: string) =>
    again(option, `the ${option} of its run, which was or held an object or function`);
  if (missing("model")) return held("model");
  if (given.decays && options.adam === undefined) {
    return new InvalidArgumentError(
      "adam",
      `checkpoint "${name}" cannot hold the function "decays" of its run: give adam again`,
    );
  }
  if (options.env !== undefined) return undefined;
  if (missing("env")) return held("env");
  if (missing("wrapper")) return held("wrapper");
  if (options.envOptions !== undefined || env === null) return undefined;
  if (given.envOptions) {
    return again("envOptions", "the envOptions of its run, some of which are not declared as savedOptions");
  }
  const [first] = unsavable(env, envOptions);
  if (first === undefined) return undefined;
  return again("envOptions", `the option "${first}" of ${env}, which is not one of its savedOptions`);
}

function wrong(field: string, expected: string, value: StateTree | undefined): CheckpointError {
  return new CheckpointError(`field "config.${field}": expected ${expected}, received ${shown(value)}`);
}
