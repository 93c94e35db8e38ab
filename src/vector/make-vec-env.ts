/** Vector environments by name. */

import { InvalidArgumentError } from "../core/errors.js";
import type { Env } from "../envs/env.js";
import { type EnvOptions, make } from "../envs/registry.js";
import { RecordEpisodeStatistics } from "../wrappers/record-episode-statistics.js";
import { SyncVectorEnv } from "./sync-vector-env.js";

/** Options of {@link makeVecEnv}. */
export interface MakeVecEnvOptions {
  /** How many environments. */
  numEnvs: number;
  /** Seed of the first `reset`; environment `i` gets `seed + i`. Default: unseeded. */
  seed?: number;
  /** Wraps each environment; `index` counts from 0. */
  wrapper?: (env: Env, index: number) => Env;
  /** Options of every environment, as for {@link make}. */
  envOptions?: EnvOptions;
}

/**
 * Makes a {@link SyncVectorEnv} of copies of a registered environment. Each is wrapped in
 * {@link RecordEpisodeStatistics} first, so that `info.episode` tells of whole episodes.
 *
 * @example
 * ```ts
 * const envs = makeVecEnv("CartPole-v1", { numEnvs: 8, seed: 1 });
 * await envs.reset();
 * ```
 * @throws NotRegisteredError when the id is unknown
 * @throws InvalidArgumentError when `numEnvs` is not a positive integer
 * @throws EnvFailedError when an environment or its wrapper cannot be made
 */
export function makeVecEnv(
  id: string,
  { numEnvs, seed, wrapper, envOptions }: MakeVecEnvOptions,
): SyncVectorEnv {
  if (!(Number.isInteger(numEnvs) && numEnvs > 0)) {
    throw new InvalidArgumentError("numEnvs", `expected a positive integer, received ${numEnvs}`);
  }
  const makeOne = (index: number): Env => {
    const env = new RecordEpisodeStatistics(make(id, envOptions));
    if (!wrapper) return env;
    try {
      return wrapper(env, index);
    } catch (error) {
      env.close();
      throw error;
    }
  };
  return new SyncVectorEnv(
    Array.from({ length: numEnvs }, (_, index) => () => makeOne(index)),
    { seed },
  );
}
