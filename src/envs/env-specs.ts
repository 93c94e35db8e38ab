/** The registry's entries. */

import { checkOptions } from "../core/check-options.js";
import type { VectorEnv } from "../vector/vector-env.js";
import type { Env } from "./env.js";

/** Options given to `make` and passed on to the environment. */
export type EnvOptions = Readonly<Record<string, unknown>>;

/** Creates one environment. */
export type EnvFactory = (options: EnvOptions) => Env;

/** Options of a {@link VectorEnvFactory}; the other names are specific to it. */
export interface VectorEnvFactoryOptions {
  /** Number of environments. */
  numEnvs: number;
  /** Seed of the first `reset`; environment `i` gets `seed + i`. Default: unseeded. */
  seed?: number;
  /** Further options of the factory. */
  [key: string]: unknown;
}

/** Creates many environments at once, if there is something faster than stepping them one by one. */
export type VectorEnvFactory = (options: VectorEnvFactoryOptions) => VectorEnv | Promise<VectorEnv>;

/** A registry entry. */
export interface EnvSpec {
  /** The id, e.g. `"CartPole-v1"`. */
  readonly id: string;
  /** Creates one environment. */
  readonly make: EnvFactory;
  /** Creates a specialised vector environment (Gymnasium's `vector_entry_point`), for games that have one. */
  readonly makeVector?: VectorEnvFactory;
  /** Default options of both factories; also passed to worker threads. */
  readonly defaults?: EnvOptions;
  /**
   * Names of options that a checkpoint may store and restore: those whose numbers, booleans and strings are harmless,
   * whatever their value. All others must be passed again when a run is resumed.
   */
  readonly savedOptions?: readonly string[];
}

/** Entries by id; the built-in ones are added at the first lookup: see registry.ts. */
export const specs = new Map<string, EnvSpec>();
/**
 * Registers an environment under an id, replacing an earlier one.
 *
 * @param id e.g. `"MyEnv-v0"`
 * @param factory creates one environment
 * @param options `makeVector` creates many at once, if that is faster than one by one; `defaults` are
 *   default options of the factories; `savedOptions` names the options that checkpoints may
 *   store, none by default. Do not name options that could hold a path, a URL, a command or a module: a checkpoint may
 *   come from an untrusted source
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
