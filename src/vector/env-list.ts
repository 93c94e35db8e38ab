/** The list of environments behind a vector environment. */

import { InvalidArgumentError, NcpsError } from "../core/errors.js";
import type { Env } from "../envs/env.js";
import { EnvFailedError } from "./env-failed-error.js";

/**
 * Makes all environments; when one cannot be made, closes those that were.
 *
 * @throws EnvFailedError when a factory throws an error that is not the library's own
 * @throws InvalidArgumentError when two are one object, or their spaces differ
 */
export function buildEnvs(factories: readonly (() => Env)[]): Env[] {
  const envs: Env[] = [];
  try {
    factories.forEach((make, index) => {
      try {
        envs.push(make());
      } catch (cause) {
        if (cause instanceof NcpsError) throw cause;
        throw new EnvFailedError({ index, step: 0, during: "its construction", cause });
      }
      checkAlike(envs, index);
    });
  } catch (error) {
    closeEnvs(envs);
    throw error;
  }
  return envs;
}

function checkAlike(envs: readonly Env[], index: number): void {
  const env = envs[index];
  if (envs.indexOf(env) !== index) {
    throw new InvalidArgumentError(
      "factories",
      `environments ${envs.indexOf(env)} and ${index} are the same object; each factory must make a new one`,
    );
  }
  for (const part of ["observationSpace", "actionSpace", "actionMeanings"] as const) {
    const [first, own] = [JSON.stringify(envs[0][part]), JSON.stringify(env[part])];
    if (first !== own) {
      throw new InvalidArgumentError(
        "factories",
        `expected one ${part} for all; environment 0 has ${first}, environment ${index} has ${own}`,
      );
    }
  }
}

/** Closes every environment, also after one that throws; tells of the first that did. */
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
