/** Conversion of infos to plain data, common to all kinds of vector environments. */

import { EnvContractError } from "../core/errors.js";
import type { Info } from "../envs/env.js";

// Deeper records are passed on unchanged.
const DEPTH = 8;

/**
 * Copies the info of an environment: records are copied with their getters read, other values are kept; `null` and
 * `undefined` become an empty info.
 *
 * @throws EnvContractError when it is not a record, or contains what cannot be sent to another thread, e.g. a function
 */
export function plainInfo(info: unknown): Info {
  if (info === null || info === undefined) return {};
  if (typeof info !== "object" || Array.isArray(info)) {
    throw new EnvContractError(
      `expected info to be a record, received ${Array.isArray(info) ? "a list" : `a ${typeof info}`}`,
    );
  }
  return copyOf(info, "info", 0) as Info;
}

function copyOf(record: object, path: string, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(record)) {
    const value = plainValue((record as Record<string, unknown>)[name], path, name, depth);
    if (name !== "__proto__") copy[name] = value;
  }
  return copy;
}

function plainValue(value: unknown, path: string, name: string, depth: number): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw unsendable(path, name, `a ${typeof value}`);
  if (typeof value !== "object" || value === null || depth === DEPTH) return value;
  if (Array.isArray(value))
    return value.map((item, i) => plainValue(item, `${path}.${name}`, String(i), depth + 1));
  if (Object.getPrototypeOf(value) === Object.prototype) return copyOf(value, `${path}.${name}`, depth + 1);
  if (value instanceof Promise) throw unsendable(path, name, "a promise");
  return value;
}

function unsendable(path: string, name: string, what: string): EnvContractError {
  return new EnvContractError(
    `${path}.${name}: expected a value that can be sent to another thread, received ${what}`,
  );
}
