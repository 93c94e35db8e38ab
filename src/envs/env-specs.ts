/** What is registered under which id. */

import { checkOptions } from "../core/check-options.js";
import type { VectorEnv } from "../vector/vector-env.js";
import type { Env } from "./env.js";

/** Options given to `make` and passed on to the environment. */
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

/** By id, the built-in ones only once somebody has asked: see registry.ts. */
export const specs = new Map<string, EnvSpec>();
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
  options: Pick<EnvSpec, "makeVector" | "defaults" | "savedOptions"> = {},
): void {
  checkOptions("register", options, ["makeVector", "defaults", "savedOptions"]);
  const { makeVector, defaults, savedOptions } = options;
  specs.set(id, {
    id,
    make: factory,
    ...(makeVector && { makeVector }),
    ...(defaults && { defaults }),
    ...(savedOptions && { savedOptions }),
  });
}
