/** Descriptions of how to make each environment, which can be sent to another thread. */

import { checkInteger } from "../core/check-integer.js";
import type { Env } from "../envs/env.js";
import { type EnvOptions, make } from "../envs/registry.js";
import { RecordEpisodeStatistics } from "../wrappers/record-episode-statistics.js";
import { type WrapOptions, wrapDeepmind } from "../wrappers/wrap-deepmind.js";

/**
 * A function exported by a module. Worker threads import it by name, since functions themselves
 * cannot be sent to them.
 *
 * @example
 * ```ts
 * const grid = { module: new URL("./grid.js", import.meta.url), export: "makeGrid", options: { size: 8 } };
 * const envs = makeVecEnv(grid, { numEnvs: 8, kind: "worker" });
 * ```
 */
export interface EnvModule {
  /** URL of the module, or the name of a package that can be imported. */
  module: string | URL;
  /** Name of the exported function, default `"default"`. */
  export?: string;
  /** Plain values that are passed to the function. */
  options?: EnvOptions;
}

/** The signature of an {@link EnvModule} that makes an environment. */
export type EnvModuleFactory = (options: EnvOptions, index: number) => Env;

/** The signature of an {@link EnvModule} that wraps an environment. */
export type EnvModuleWrapper = (env: Env, options: EnvOptions, index: number) => Env;

/** How one environment and its wrappers are made, with functions instead of modules. */
export interface EnvRecipe {
  /** Registered id, or a function. */
  env: string | ((index: number) => Env);
  /** Options of the environment, for an id. */
  envOptions?: EnvOptions;
  /** Options of {@link wrapDeepmind}; `true` for its defaults. */
  wrapDeepmind?: boolean | WrapOptions;
  /** The outermost wrapper. */
  wrapper?: (env: Env, index: number) => Env;
}

/**
 * Makes environment `index` of a recipe; from the inside out: the environment,
 * {@link RecordEpisodeStatistics}, {@link wrapDeepmind}, the wrapper. Closes it when a wrapper throws.
 */
export function makeByRecipe(recipe: EnvRecipe, index: number): Env {
  const base = typeof recipe.env === "string" ? make(recipe.env, recipe.envOptions) : recipe.env(index);
  try {
    let env: Env = new RecordEpisodeStatistics(base);
    if (recipe.wrapDeepmind) env = wrapDeepmind(env, recipe.wrapDeepmind === true ? {} : recipe.wrapDeepmind);
    return recipe.wrapper ? recipe.wrapper(env, index) : env;
  } catch (error) {
    base.close();
    throw error;
  }
}

/**
 * Validates a number of environments.
 *
 * @throws InvalidArgumentError when `numEnvs` is not a positive integer
 */
export function checkNumEnvs(numEnvs: number): void {
  checkInteger("numEnvs", numEnvs);
}
