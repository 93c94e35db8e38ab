/** Validation of the options of environments on worker threads, and conversion to a form that can be sent. */

import { InvalidArgumentError } from "../../core/errors.js";
import { type EnvOptions, envSpec, registeredIds } from "../../envs/registry.js";
import type { EnvModule } from "../../vector/env-recipe.js";
import type { WorkerVectorEnvOptions } from "../../vector/worker-options.js";
import { sentSpecifier } from "../workers/import-function.js";
import type { SentModule, SentRecipe } from "./messages.js";

/**
 * Converts the options to the form that is sent to the threads.
 *
 * @throws InvalidArgumentError when a part of it cannot be sent
 * @throws NotRegisteredError when the id is unknown and there is no module that could register it
 */
export function sentRecipe(env: string | EnvModule, options: WorkerVectorEnvOptions): SentRecipe {
  const { envOptions = {}, wrapDeepmind = false, wrapper, imports = [] } = options;
  const recipe: SentRecipe = {
    env: typeof env === "string" ? env : sentModule("env", env),
    envOptions:
      typeof env === "string" ? { ...defaultsOf(env, imports.length > 0), ...envOptions } : envOptions,
    wrapDeepmind,
    wrapper: wrapper === undefined ? null : sentModule("wrapper", wrapper),
    imports: imports.map((specifier) => sentSpecifier("imports", specifier)),
  };
  try {
    structuredClone(recipe);
  } catch (cause) {
    throw new InvalidArgumentError(
      "envOptions",
      `expected plain values, since they are sent to worker threads: ${(cause as Error).message}`,
      { cause },
    );
  }
  return recipe;
}

// A module that the threads import may register an id that is unknown in this thread.
function defaultsOf(id: string, mayBeUnknown: boolean): EnvOptions | undefined {
  return mayBeUnknown && !registeredIds().includes(id) ? undefined : envSpec(id).defaults;
}

function sentModule(argument: string, given: EnvModule): SentModule {
  if (typeof given !== "object" || given === null || !("module" in given)) {
    throw new InvalidArgumentError(
      argument,
      `expected { module, export, options }, since functions cannot be sent to worker threads; received ${
        typeof given === "function" ? "a function" : String(given)
      }. Export the function from a module, or use wrapDeepmind: { ... }`,
    );
  }
  const { module, export: name = "default", options = {} } = given;
  return { module: sentSpecifier(argument, module), export: name, options };
}
