/** Creates environments by id. */

import { inNode } from "tfjs-training/core";
import { NotRegisteredError } from "../core/errors.js";
import { editDistance } from "../core/nearest-name.js";
import { registerBuiltinEnvs } from "./builtin.js";
import type { Env } from "./env.js";
import { type EnvOptions, type EnvSpec, specs } from "./env-specs.js";

export {
  type EnvFactory,
  type EnvOptions,
  type EnvSpec,
  register,
  type VectorEnvFactory,
  type VectorEnvFactoryOptions,
} from "./env-specs.js";

let builtinsKnown = false;
const hints: { pattern: RegExp; hint: string }[] = [
  {
    pattern: /^ALE\/|-v[04]$/,
    hint: inNode()
      ? 'Real Atari: run `npx ale-bindings install` once, then `await registerAtari()` from "ncps-ts/node" before make()'
      : "Real Atari needs Node and Python; in a web page use the arcade games",
  },
];

/** Ids of all registered environments, sorted. */
export function registeredIds(): string[] {
  return [...knownSpecs().keys()].sort();
}

/**
 * Returns the registry entry of an id.
 *
 * @throws NotRegisteredError when the id is unknown; the message names the nearest ids
 */
export function envSpec(id: string): EnvSpec {
  const spec = knownSpecs().get(id);
  if (spec) return spec;
  const hint = hints.find(({ pattern }) => pattern.test(id))?.hint;
  const near = registeredIds()
    .sort((a, b) => editDistance(a, String(id)) - editDistance(b, String(id)))
    .slice(0, 3);
  throw new NotRegisteredError(
    `no environment is registered as "${id}". Nearest: ${near.join(", ") || "none"}.${hint ? ` ${hint}.` : ""}`,
  );
}

/**
 * Creates a registered environment.
 *
 * @param id e.g. `"CartPole-v1"`, `"Arcade/Breakout-v0"`
 * @param options passed to the environment
 * @throws NotRegisteredError when the id is unknown; the message names the nearest ids
 * @example
 * ```ts
 * import { make } from "ncps-ts";
 *
 * const env = make("Arcade/Breakout-v0", { observation: "features" });
 * const { observation } = env.reset({ seed: 0 });
 * const { reward, terminated } = env.step(1); // FIRE
 * env.close();
 * ```
 */
export function make(id: string, options: EnvOptions = {}): Env & Disposable {
  const env = envSpec(id).make(options);
  if (env && !env[Symbol.dispose]) {
    Object.defineProperty(env, Symbol.dispose, { value: () => env.close(), configurable: true });
  }
  return env as Env & Disposable;
}

// The library's environments are imported when the first one is requested, so that a page which uses no id does not
// include them. They do not replace entries registered earlier.
function knownSpecs(): typeof specs {
  if (!builtinsKnown) registerBuiltinEnvs({ replace: false });
  builtinsKnown = true;
  return specs;
}
