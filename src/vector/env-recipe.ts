/** How one environment of many is made, in words that can be sent to another thread. */

import { checkInteger } from "../core/check-integer.js";
import type { Env } from "../envs/env.js";
import { type EnvOptions, make } from "../envs/registry.js";
import { RecordEpisodeStatistics } from "../wrappers/record-episode-statistics.js";
import { type WrapOptions, wrapDeepmind } from "../wrappers/wrap-deepmind.js";

/**
 * A function exported by a module: what a worker thread can be told to call, since functions themselves
 * cannot be sent to it.
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
  /** Plain values that the function is given. */
  options?: EnvOptions;
}

/** What an {@link EnvModule} exports to make an environment. */
export type EnvModuleFactory = (options: EnvOptions, index: number) => Env;

/** What an {@link EnvModule} exports to wrap one. */
export type EnvModuleWrapper = (env: Env, options: EnvOptions, index: number) => Env;

/** Where one environment comes from and what stands around it; functions in place of modules. */
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
 * Whether a number of environments can be made.
 *
 * @throws InvalidArgumentError when `numEnvs` is not a positive integer
 */
export function checkNumEnvs(numEnvs: number): void {
  checkInteger("numEnvs", numEnvs);
}
