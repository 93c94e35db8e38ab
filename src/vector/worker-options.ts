/** Options of vector environments on worker threads, and the service through which a platform provides them. */

import { PlatformService } from "../core/platform.js";
import type { EnvOptions } from "../envs/registry.js";
import type { WrapOptions } from "../wrappers/wrap-deepmind.js";
import type { AsyncVectorEnv } from "./async-vector-env.js";
import type { EnvModule } from "./env-recipe.js";

/** Options of vector environments on worker threads. */
export interface WorkerVectorEnvOptions {
  /** Number of environments. */
  numEnvs: number;
  /** Number of threads; each steps its share of the environments. Default: one per core, at most `numEnvs`. */
  workers?: number;
  /** Seed of the first `reset`; environment `i` gets `seed + i`. Default: unseeded. */
  seed?: number;
  /** Options of every environment, when it is an id. */
  envOptions?: EnvOptions;
  /** Options of `wrapDeepmind` around each environment; `true` for its defaults. Default false. */
  wrapDeepmind?: boolean | WrapOptions;
  /** Outermost wrapper: a function `(env, options, index) => Env` that a module exports. */
  wrapper?: EnvModule;
  /** Modules to import in each thread first, e.g. one that registers your own id. */
  imports?: readonly (string | URL)[];
  /**
   * Replaces an environment that fails, and a thread that ends or hangs: the episode counts as truncated
   * before the step, with reward 0, and `info.failure` (`EnvRestart`) says why. The new environment gets a
   * fresh seed, derived from the old. Three consecutive failures without a successful step stop everything.
   * Default false: every failure does.
   */
  restartOnFailure?: boolean;
  /** Milliseconds after which a thread that has finished nothing counts as hung, default 60000. */
  stepTimeout?: number;
  /** Milliseconds until the environments of a thread must be made, default 60000. */
  startTimeout?: number;
}

/** Makes vector environments on worker threads. */
export type WorkerVectorEnvMaker = (
  env: string | EnvModule,
  options: WorkerVectorEnvOptions,
) => AsyncVectorEnv & AsyncDisposable;

/** Worker threads for `makeVecEnv({ kind: "worker" })`. */
export const workerVectorEnvs = new PlatformService<WorkerVectorEnvMaker>("worker threads");
