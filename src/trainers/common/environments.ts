/** The environments of a trainer. */

import { InvalidArgumentError } from "../../core/errors.js";
import type { Env } from "../../envs/env.js";
import type { EnvOptions } from "../../envs/registry.js";
import { makeVecEnv } from "../../vector/make-vec-env.js";
import type { VectorEnv } from "../../vector/vector-env.js";

/** What a trainer's options say of its environments. */
export interface EnvironmentOptions {
  env: VectorEnv | string;
  envOptions?: EnvOptions;
  wrapper?: (env: Env, index: number) => Env;
}

/**
 * The environments that were given, or as many of an id as wanted.
 *
 * @throws InvalidArgumentError when what was given is neither
 */
export function environmentsOf(options: EnvironmentOptions, numEnvs: number): VectorEnv {
  const { env, envOptions, wrapper } = options;
  if (typeof env === "string") return makeVecEnv(env, { numEnvs, wrapper, envOptions });
  if (typeof env?.step === "function" && Number.isInteger(env.numEnvs) && env.actionSpace) return env;
  throw new InvalidArgumentError(
    "env",
    "expected an id or a vector environment; put environments of your own into new SyncVectorEnv([() => env, ...])",
  );
}

/** Closes environments that {@link environmentsOf} made; given ones stay as they are. */
export function releaseEnvironments(options: EnvironmentOptions, env: VectorEnv): void {
  // What is thrown meanwhile says more than an environment that cannot be closed.
  if (env !== options.env) env.close().catch(() => {});
}

/**
 * Seed of environments that start when so many steps were made: that of the run at first; later, when a run is taken up
 * again whose environments could not be saved, one that does not bring the first episodes again.
 */
export function startSeed(envSeed: number, timesteps: number): number {
  return (envSeed + timesteps) % 2 ** 31;
}
