/** Access to methods and fields of an environment through all of its wrappers. */

import { InvalidArgumentError } from "../core/errors.js";
import { nearestName } from "../core/nearest-name.js";
import type { Env } from "../envs/env.js";

type Members = Record<string, unknown>;

// Calling these directly would corrupt the vector environment's count of steps and episodes.
const kept = ["reset", "step", "repeatStep", "close", "setState"];

/**
 * Calls a method of the outermost wrapper that has it, or of the environment (Gymnasium's `call`, SB3's `env_method`).
 *
 * @throws InvalidArgumentError when none has such a method, or when it is one that the vector environment calls itself
 */
export function callMember(env: Env, name: string, args: readonly unknown[]): unknown {
  if (kept.includes(name)) {
    throw new InvalidArgumentError("name", `${name}() is called by the vector environment: call its own`);
  }
  const owner = ownerOf(env, name);
  const method = owner[name];
  if (typeof method === "function") return method.apply(owner, args);
  throw new InvalidArgumentError(
    "name",
    `${name} of "${env.id}" is not a method: read it by getAttr("${name}")`,
  );
}

/**
 * Reads a field of the outermost wrapper that has it, or of the environment (SB3's `get_attr`).
 *
 * @throws InvalidArgumentError when none has it
 */
export function readMember(env: Env, name: string): unknown {
  return ownerOf(env, name)[name];
}

/**
 * Sets a field of the outermost wrapper that has it, or of the environment (SB3's `set_attr`).
 *
 * @throws InvalidArgumentError when none has it, or it cannot be set
 */
export function writeMember(env: Env, name: string, value: unknown): void {
  const owner = ownerOf(env, name);
  if (typeof owner[name] === "function") {
    throw new InvalidArgumentError(
      "name",
      `${name} of "${env.id}" is a method: call it by call("${name}", ...)`,
    );
  }
  if (!Reflect.set(owner, name, value)) {
    throw new InvalidArgumentError("name", `${name} of "${env.id}" can be read only`);
  }
}

function ownerOf(env: Env, name: string): Members {
  const chain: Members[] = [];
  for (let at: Env | undefined = env; at; at = (at as { env?: Env }).env)
    chain.push(at as unknown as Members);
  const owner = chain.find((each) => name in each);
  if (owner) return owner;
  const names = chain.flatMap((each) => [...Object.keys(each), ...methodsOf(each)]);
  const near = nearestName(name, [...new Set(names)]);
  throw new InvalidArgumentError(
    "name",
    `neither "${env.id}" nor a wrapper around it has ${name}${near ? `: did you mean ${near}?` : ""}`,
  );
}

function methodsOf(value: object): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(value); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
}
