/** Creation and closing of the environments of a vector environment. */

import { InvalidArgumentError, NcpsError } from "../core/errors.js";
import type { Env } from "../envs/env.js";
import { EnvFailedError } from "./env-failed-error.js";
import { reportingEpisodes } from "./episode-monitor.js";

/**
 * Makes all environments, each with statistics of its episodes; if one cannot be made, closes the others.
 *
 * @param factories one function for each · @param first index of the first one, for messages
 * @throws EnvFailedError when a factory throws an error that is not the library's own
 * @throws InvalidArgumentError when two are the same object, or their spaces differ
 */
export function buildEnvs(factories: readonly (() => Env)[], first = 0): Env[] {
  const envs: Env[] = [];
  try {
    factories.forEach((make, index) => {
      try {
        envs.push(make());
      } catch (cause) {
        if (cause instanceof NcpsError) throw cause;
        throw new EnvFailedError({ index: first + index, step: 0, during: "its construction", cause });
      }
      checkAlike(envs, index, first);
    });
  } catch (error) {
    closeEnvs(envs);
    throw error;
  }
  return envs.map(reportingEpisodes);
}

function checkAlike(envs: readonly Env[], index: number, offset: number): void {
  const env = envs[index];
  if (envs.indexOf(env) !== index) {
    throw new InvalidArgumentError(
      "factories",
      `environments ${offset + envs.indexOf(env)} and ${offset + index} are the same object; each factory must make a new one`,
    );
  }
  for (const part of ["observationSpace", "actionSpace", "actionMeanings"] as const) {
    const [first, own] = [JSON.stringify(envs[0][part]), JSON.stringify(env[part])];
    if (first !== own) {
      throw new InvalidArgumentError(
        "factories",
        `expected one ${part} for all; environment ${offset} has ${first}, environment ${offset + index} has ${own}`,
      );
    }
  }
}

/** Closes every environment, even if one throws; returns the first error. */
export function closeEnvs(envs: readonly Env[]): { index: number; cause: unknown } | undefined {
  let failure: { index: number; cause: unknown } | undefined;
  envs.forEach((env, index) => {
    try {
      env.close();
    } catch (cause) {
      failure ??= { index, cause };
    }
  });
  return failure;
}
