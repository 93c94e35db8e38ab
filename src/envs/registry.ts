/** Environments by name. */

import { inNode } from "tfjs-training/core";
import { NotRegisteredError } from "../core/errors.js";
import { editDistance } from "../core/nearest-name.js";
import type { VectorEnv } from "../vector/vector-env.js";
import type { Env } from "./env.js";

/** Options given to {@link make} and passed on to the environment. */
export type EnvOptions = Readonly<Record<string, unknown>>;

/** Makes one environment. */
export type EnvFactory = (options: EnvOptions) => Env;

/** Options of a {@link VectorEnvFactory}; the other names are its own. */
export interface VectorEnvFactoryOptions {
  /** How many environments. */
  numEnvs: number;
  /** Seed of the first `reset`; environment `i` gets `seed + i`. Default: unseeded. */
  seed?: number;
  /** What else the factory takes. */
  [key: string]: unknown;
}

/** Makes many environments at once, where something steps them faster than one by one. */
export type VectorEnvFactory = (options: VectorEnvFactoryOptions) => VectorEnv | Promise<VectorEnv>;

/** What is registered under an id. */
export interface EnvSpec {
  /** The id, e.g. `"CartPole-v1"`. */
  readonly id: string;
  /** Makes one environment. */
  readonly make: EnvFactory;
  /** Makes a vector environment of its own kind (Gymnasium's `vector_entry_point`), for games that have one. */
  readonly makeVector?: VectorEnvFactory;
  /** Options that both use unless they are given others; worker threads are told them too. */
  readonly defaults?: EnvOptions;
  /**
   * Names of options that a checkpoint may keep and bring back: those whose numbers, booleans and texts can do no harm,
   * whatever they are. All others must be given again when a run is resumed.
   */
  readonly savedOptions?: readonly string[];
}

const specs = new Map<string, EnvSpec>();
const hints: { pattern: RegExp; hint: string }[] = [
  {
    pattern: /^ALE\/|-v[04]$/,
    hint: inNode()
      ? 'Real Atari: run `npx ale-bindings install` once, then `await registerAtari()` from "ncps-ts/node" before make()'
      : "Real Atari needs Node and Python; a page has the arcade",
  },
];

/**
 * Adds an environment under an id, replacing an earlier one.
 *
 * @param id e.g. `"MyEnv-v0"`
 * @param factory makes one environment
 * @param options `makeVector` makes many at once, where there is a faster way than one by one; `defaults` are
 *   options that the factories use unless they are given others; `savedOptions` names the options that checkpoints may
 *   keep, none by default. Name none that could hold a path, an address, a command or a module: a checkpoint may come
 *   from anybody
 *
 * @example
 * ```ts
 * register("MyEnv-v0", (options) => new MyEnv(options));
 * const env = make("MyEnv-v0", { size: 5 });
 * ```
 */
export function register(
  id: string,
  factory: EnvFactory,
  { makeVector, defaults, savedOptions }: Pick<EnvSpec, "makeVector" | "defaults" | "savedOptions"> = {},
): void {
  specs.set(id, {
    id,
    make: factory,
    ...(makeVector && { makeVector }),
    ...(defaults && { defaults }),
    ...(savedOptions && { savedOptions }),
  });
}

/** Ids of all registered environments, sorted. */
export function registeredIds(): string[] {
  return [...specs.keys()].sort();
}

/**
 * What is registered under an id.
 *
 * @throws NotRegisteredError when the id is unknown; the message names the nearest ids
 */
export function envSpec(id: string): EnvSpec {
  const spec = specs.get(id);
  if (spec) return spec;
  const hint = hints.find(({ pattern }) => pattern.test(id))?.hint;
  const near = registeredIds()
    .sort((a, b) => editDistance(a, String(id)) - editDistance(b, String(id)))
    .slice(0, 3);
  throw new NotRegisteredError(
    `no environment is registered as "${id}". Nearest: ${near.join(", ") || "none"}.${hint ? ` ${hint}.` : ""}`,
  );
}

/**
 * Makes a registered environment.
 *
 * @param id e.g. `"CartPole-v1"`, `"Arcade/Breakout-v0"`
 * @param options passed to the environment
 * @throws NotRegisteredError when the id is unknown; the message names the nearest ids
 * @example
 * ```ts
 * import { make } from "ncps-ts";
 *
 * const env = make("Arcade/Breakout-v0", { observation: "features" });
 * const { observation } = env.reset({ seed: 0 });
 * const { reward, terminated } = env.step(1); // FIRE
 * env.close();
 * ```
 */
export function make(id: string, options: EnvOptions = {}): Env & Disposable {
  const env = envSpec(id).make(options);
  if (env && !env[Symbol.dispose]) {
    Object.defineProperty(env, Symbol.dispose, { value: () => env.close(), configurable: true });
  }
  return env as Env & Disposable;
}
