/** Creation of vector environments by id. */

import { checkOptions, optionNames } from "../core/check-options.js";
import { InvalidArgumentError } from "../core/errors.js";
import { showValue } from "../core/show-value.js";
import type { Env } from "../envs/env.js";
import { type EnvOptions, envSpec, type VectorEnvFactoryOptions } from "../envs/registry.js";
import type { WrapOptions } from "../wrappers/wrap-deepmind.js";
import type { AsyncVectorEnv } from "./async-vector-env.js";
import { checkNumEnvs, type EnvModule, makeByRecipe } from "./env-recipe.js";
import { SyncVectorEnv } from "./sync-vector-env.js";
import type { VectorEnv } from "./vector-env.js";
import { type WorkerVectorEnvOptions, workerVectorEnvs } from "./worker-options.js";

/** Options of {@link makeVecEnv} for environments in this thread. */
export interface MakeVecEnvOptions {
  /** Environments are stepped one after the other in this thread. */
  kind?: "sync";
  /** Number of environments. */
  numEnvs: number;
  /** Seed of the first `reset`; environment `i` gets `seed + i`. Default: unseeded. */
  seed?: number;
  /** Options of every environment, as for {@link make}. */
  envOptions?: EnvOptions;
  /** Options of {@link wrapDeepmind} around each environment; `true` for its defaults. Default false. */
  wrapDeepmind?: boolean | WrapOptions;
  /** Outermost wrapper of each environment; `index` counts from 0. */
  wrapper?: (env: Env, index: number) => Env;
  /** Replaces an environment that fails instead of stopping all; see {@link SyncVectorEnvOptions}. */
  restartOnFailure?: boolean;
}

/** Options of {@link makeVecEnv} for environments on worker threads. */
export interface MakeWorkerVecEnvOptions extends WorkerVectorEnvOptions {
  /** Environments step on worker threads (Node). */
  kind: "worker";
}

/** Options of {@link makeVecEnv} for environments with a dedicated vector environment. */
export interface MakeOwnVecEnvOptions extends VectorEnvFactoryOptions {
  /** The vector environment that is registered with the id: that of ALE for Atari games. */
  kind: "ale";
  /** Options of the vector environment; they can also be given next to `numEnvs`. */
  envOptions?: EnvOptions;
}

const syncOptions = optionNames<MakeVecEnvOptions>({
  kind: true,
  numEnvs: true,
  seed: true,
  envOptions: true,
  wrapDeepmind: true,
  wrapper: true,
  restartOnFailure: true,
});
const workerOptions = optionNames<MakeWorkerVecEnvOptions>({
  kind: true,
  numEnvs: true,
  workers: true,
  seed: true,
  envOptions: true,
  wrapDeepmind: true,
  wrapper: true,
  imports: true,
  restartOnFailure: true,
  stepTimeout: true,
  startTimeout: true,
});

const hints = {
  n_envs: "did you mean numEnvs?",
  nEnvs: "did you mean numEnvs?",
  env_kwargs: "did you mean envOptions?",
  wrapper_class: "did you mean wrapper?",
  wrapperClass: "did you mean wrapper?",
  vec_env_cls: 'say it by kind: "sync" or "worker"',
  monitor_dir: "episodes are in info.episode; log them by a callback",
};

/**
 * Makes copies of one environment that are stepped together. Each is wrapped in `RecordEpisodeStatistics`
 * first, so that `info.episode` reports whole episodes, then as `wrapDeepmind` and `wrapper` say.
 *
 * `kind` says where they run. All kinds satisfy the contract of {@link VectorEnv}; `"sync"` and `"worker"` give the
 * same trajectories, bit for bit.
 * - `"sync"` (default): in this thread, best for environments that take a few microseconds.
 * - `"worker"`: on worker threads, for environments that take longer. Needs `ncps-ts/node`.
 * - `"ale"`: in ALE's own vector environment, Atari with its preprocessing in C++. Needs `registerAtari()`.
 *
 * @param env a registered id; for `"worker"` also a function that a module exports
 *
 * @example
 * ```ts
 * const envs = makeVecEnv("CartPole-v1", { numEnvs: 8, seed: 1 });
 * await envs.reset();
 * ```
 * @throws NotRegisteredError when the id is unknown
 * @throws InvalidArgumentError when an option is invalid
 * @throws InvalidStateError when the kind needs `ncps-ts/node` and it has not been imported
 * @throws EnvFailedError when an environment or its wrapper cannot be made
 */
export function makeVecEnv(env: string, options: MakeVecEnvOptions): SyncVectorEnv;
export function makeVecEnv(
  env: string | EnvModule,
  options: MakeWorkerVecEnvOptions,
): AsyncVectorEnv & AsyncDisposable;
export function makeVecEnv(env: string, options: MakeOwnVecEnvOptions): Promise<VectorEnv>;
export function makeVecEnv(
  env: string | EnvModule,
  options: MakeVecEnvOptions | MakeWorkerVecEnvOptions | MakeOwnVecEnvOptions,
): VectorEnv | Promise<VectorEnv> {
  const { kind = "sync", ...settings } = options ?? {};
  // Dedicated vector environments have other options.
  if (kind !== "ale") {
    checkOptions("makeVecEnv", options, kind === "worker" ? workerOptions : syncOptions, hints);
  }
  checkNumEnvs(options.numEnvs);
  if (kind === "worker") {
    const makeWorkers = workerVectorEnvs.require('kind "worker"', 'use kind "sync"');
    return makeWorkers(env, settings as WorkerVectorEnvOptions);
  }
  if (typeof env !== "string") {
    throw new InvalidArgumentError(
      "env",
      `expected a registered id for kind "${kind}"; a module is for kind "worker"`,
    );
  }
  if (kind === "sync") return makeSync(env, settings as MakeVecEnvOptions);
  if (kind === "ale") return makeOwn(env, settings as VectorEnvFactoryOptions);
  throw new InvalidArgumentError("kind", `expected "sync", "worker" or "ale", received ${showValue(kind)}`);
}

function makeSync(
  env: string,
  { numEnvs, seed, restartOnFailure, ...recipe }: MakeVecEnvOptions,
): SyncVectorEnv {
  if (recipe.wrapper !== undefined && typeof recipe.wrapper !== "function") {
    throw new InvalidArgumentError("wrapper", 'expected a function; a module is for kind "worker"');
  }
  const factories = Array.from(
    { length: numEnvs },
    (_, index) => () => makeByRecipe({ env, ...recipe }, index),
  );
  return new SyncVectorEnv(factories, { seed, restartOnFailure });
}

async function makeOwn(id: string, { envOptions, ...settings }: VectorEnvFactoryOptions): Promise<VectorEnv> {
  const { makeVector } = envSpec(id);
  if (!makeVector) {
    throw new InvalidArgumentError(
      "kind",
      `"${id}" has no dedicated vector environment, so that kind "ale" cannot play it. ` +
        'Expected "sync" or "worker"',
    );
  }
  for (const name of ["wrapDeepmind", "wrapper"]) {
    if (!settings[name]) continue;
    throw new InvalidArgumentError(
      name,
      'kind "ale" prepares the pictures by itself: give its own options (stackNum, frameskip, ...) instead',
    );
  }
  return makeVector({ ...(envOptions as EnvOptions), ...settings });
}
