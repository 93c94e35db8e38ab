/** Creation and release of a trainer's environments. */

import { InvalidArgumentError } from "../../core/errors.js";
import type { Env } from "../../envs/env.js";
import type { EnvOptions } from "../../envs/registry.js";
import { makeVecEnv } from "../../vector/make-vec-env.js";
import type { VectorEnv } from "../../vector/vector-env.js";

/** Environment options of a trainer. */
export interface EnvironmentOptions {
  env: VectorEnv | string;
  envOptions?: EnvOptions;
  wrapper?: (env: Env, index: number) => Env;
}

/**
 * The given environments, or `numEnvs` new ones of the given id.
 *
 * @throws InvalidArgumentError when `env` is neither
 */
export function environmentsOf(options: EnvironmentOptions, numEnvs: number): VectorEnv {
  const { env, envOptions, wrapper } = options;
  if (typeof env === "string") return makeVecEnv(env, { numEnvs, wrapper, envOptions });
  if (typeof env?.step === "function" && Number.isInteger(env.numEnvs) && env.actionSpace) return env;
  throw new InvalidArgumentError(
    "env",
    "expected an id or a vector environment; wrap your own environments in new SyncVectorEnv([() => env, ...])",
  );
}

/** Closes environments that {@link environmentsOf} created; environments that were passed in stay open. */
export function releaseEnvironments(options: EnvironmentOptions, env: VectorEnv): void {
  // Ignores errors from close(): the original error is more useful.
  if (env !== options.env) env.close().catch(() => {});
}

/**
 * Seed of the environments when training starts or resumes after `timesteps` steps: the run's seed at first; a derived
 * one when a run is resumed whose environments could not be saved, so that the first episodes do not repeat.
 */
export function startSeed(envSeed: number, timesteps: number): number {
  return (envSeed + timesteps) % 2 ** 31;
}
