/** Environments by name. */

import { NotRegisteredError } from "../core/errors.js";
import type { Env } from "./env.js";

/** Options given to {@link make} and passed on to the environment. */
export type EnvOptions = Readonly<Record<string, unknown>>;

/** Makes one environment. */
export type EnvFactory = (options: EnvOptions) => Env;

const factories = new Map<string, EnvFactory>();
const hints: { pattern: RegExp; hint: string }[] = [
  {
    pattern: /^ALE\/|-v[04]$/,
    hint: 'Real Atari: run `npx ale-bindings install` once, then `await registerAtari()` from "ncps-ts/node" before make()',
  },
];

/**
 * Adds an environment under an id, replacing an earlier one.
 *
 * @example
 * ```ts
 * register("MyEnv-v0", (options) => new MyEnv(options));
 * const env = make("MyEnv-v0", { size: 5 });
 * ```
 */
export function register(id: string, factory: EnvFactory): void {
  factories.set(id, factory);
}

/** Ids of all registered environments, sorted. */
export function registeredIds(): string[] {
  return [...factories.keys()].sort();
}

/**
 * Makes a registered environment.
 *
 * @param id e.g. `"CartPole-v1"`, `"Arcade/Breakout-v0"`
 * @param options passed to the environment
 * @throws NotRegisteredError when the id is unknown; the message names the nearest ids
 */
export function make(id: string, options: EnvOptions = {}): Env {
  const factory = factories.get(id);
  if (factory) return factory(options);
  const hint = hints.find(({ pattern }) => pattern.test(id))?.hint;
  const near = registeredIds()
    .sort((a, b) => editDistance(a, id) - editDistance(b, id))
    .slice(0, 3);
  throw new NotRegisteredError(
    `no environment is registered as "${id}". Nearest: ${near.join(", ") || "none"}.${hint ? ` ${hint}.` : ""}`,
  );
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
