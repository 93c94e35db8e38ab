/** Loading of an environment recipe in a worker. */

import { NotRegisteredError } from "../../core/errors.js";
import { envSpec } from "../../envs/registry.js";
import type { EnvModuleFactory, EnvModuleWrapper, EnvRecipe } from "../../vector/env-recipe.js";
import { registerAtari } from "../atari.js";
import { importFunction, importModule } from "../workers/import-function.js";
import type { SentRecipe } from "./messages.js";

/**
 * Imports the modules that a recipe names.
 *
 * @throws InvalidArgumentError when a module cannot be imported or lacks the function
 * @throws NotRegisteredError when nothing is registered under the id, in this thread either
 */
export async function loadRecipe(sent: SentRecipe): Promise<EnvRecipe> {
  for (const specifier of sent.imports) await importModule("imports", specifier);
  const { envOptions, wrapDeepmind } = sent;
  const recipe: EnvRecipe = { env: "", envOptions, wrapDeepmind };
  if (typeof sent.env === "string") {
    await requireId(sent.env);
    recipe.env = sent.env;
  } else {
    const factory = (await importFunction("env", sent.env)) as EnvModuleFactory;
    const { options } = sent.env;
    recipe.env = (index) => factory(options, index);
  }
  if (sent.wrapper) {
    const wrapper = (await importFunction("wrapper", sent.wrapper)) as EnvModuleWrapper;
    const { options } = sent.wrapper;
    recipe.wrapper = (env, index) => wrapper(env, options, index);
  }
  return recipe;
}

async function requireId(id: string): Promise<void> {
  try {
    envSpec(id);
  } catch (error) {
    const atari = /^ALE\/|-v[045]$/.test(id) && (await registerAtari()).includes(id);
    if (atari) return;
    throw new NotRegisteredError(
      `"${id}" is not registered in the worker thread, which has a separate registry. Name the module that ` +
        "registers it (imports: [new URL(...)]), or give a module in place of the id",
      { cause: error },
    );
  }
}
