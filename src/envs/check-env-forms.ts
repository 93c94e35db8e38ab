/** Checks the shapes and types of everything that an environment returns. */

import { EnvContractError } from "../core/errors.js";
import { dtypeOf, isTypedArray, sizeOf, type TypedArray } from "../core/state.js";
import { Box, Discrete, MultiDiscrete } from "../spaces/index.js";
import type { Env } from "./env.js";

/** Throws the error for a broken rule. */
export function broken(
  rule: string,
  where: string,
  expected: string,
  received: unknown,
  cause?: unknown,
): never {
  throw new EnvContractError(
    `rule "${rule}" is broken (${where}): expected ${expected}, received ${show(received)}`,
    { cause },
  );
}

/** Checks id, spaces and action meanings. */
export function checkDescription(env: Env): void {
  const where = "description";
  if (typeof env.id !== "string" || env.id === "") broken("id", where, "a non-empty string", env.id);
  if (!(env.observationSpace instanceof Box)) {
    broken("observation space", where, "observationSpace to be a Box", env.observationSpace);
  }
  const { actionSpace, actionMeanings } = env;
  if (![Box, Discrete, MultiDiscrete].some((kind) => actionSpace instanceof kind)) {
    broken("action space", where, "actionSpace to be Discrete, MultiDiscrete or Box", actionSpace);
  }
  if (actionMeanings === undefined) return;
  const expected = actionSpace instanceof Discrete ? actionSpace.n : -1;
  if (expected !== actionMeanings.length || !actionMeanings.every((name) => typeof name === "string")) {
    broken("action meanings", where, "one name for each action of a Discrete space", actionMeanings);
  }
}

/** Checks that a result of `reset` has its fields and a valid observation. */
export function checkResetResult(result: unknown, space: Box, where: string): void {
  if (!isRecord(result)) broken("reset result", where, "{ observation, info }", result);
  checkObservation(result.observation, space, where);
  checkInfo(result.info, where);
}

/** Checks that a result of `step` has its fields, each of its type. */
export function checkStepResult(result: unknown, space: Box, where: string): void {
  if (!isRecord(result)) {
    broken("step result", where, "{ observation, reward, terminated, truncated, info }", result);
  }
  checkObservation(result.observation, space, where);
  const { reward, terminated, truncated } = result;
  if (!Number.isFinite(reward)) broken("reward", where, "a finite number", reward);
  if (typeof terminated !== "boolean") broken("terminated", where, "a boolean", terminated);
  if (typeof truncated !== "boolean") broken("truncated", where, "a boolean", truncated);
  checkInfo(result.info, where);
}

function checkObservation(observation: unknown, space: Box, where: string): void {
  const size = sizeOf(space.shape);
  if (!isTypedArray(observation)) broken("observation type", where, `a ${space.dtype} array`, observation);
  if (dtypeOf(observation) !== space.dtype) {
    broken("observation type", where, `a ${space.dtype} array`, observation);
  }
  if (observation.length !== size) {
    broken("observation shape", where, `${size} elements, shape [${space.shape.join(", ")}]`, observation);
  }
  const flaw = observation.findIndex((value) => !Number.isFinite(value));
  if (flaw >= 0) broken("finite observation", where, `a finite number at element ${flaw}`, observation[flaw]);
  if (space.contains(observation)) return;
  const at = observation.findIndex((value, i) => value < bound(space.low, i) || value > bound(space.high, i));
  const range = `[${bound(space.low, at)}, ${bound(space.high, at)}]`;
  broken("observation bounds", where, `element ${at} within ${range}`, observation[at]);
}

function checkInfo(info: unknown, where: string): void {
  if (!isRecord(info)) broken("info", where, "an object", info);
  const { lives, episode } = info;
  if (lives !== undefined && !(Number.isInteger(lives) && (lives as number) >= 0)) {
    broken("info.lives", where, "an integer not below 0", lives);
  }
  if (episode === undefined) return;
  if (!isRecord(episode) || !Number.isFinite(episode.return) || !Number.isInteger(episode.length)) {
    broken("info.episode", where, "{ return: number, length: integer }", episode);
  }
}

/** Checks that a result of `render` is an RGB frame. */
export function checkFrame(frame: unknown, where: string): void {
  if (!isRecord(frame)) broken("render result", where, "{ height, width, data }", frame);
  const { height, width, data } = frame;
  const positive = (n: unknown): n is number => Number.isInteger(n) && (n as number) > 0;
  if (!positive(height) || !positive(width)) {
    broken("render result", where, "positive integers as height and width", `${height} x ${width}`);
  }
  if (!(data instanceof Uint8Array) || data.length !== height * width * 3) {
    broken("render result", where, `data to be a Uint8Array of ${height} * ${width} * 3 bytes`, data);
  }
}

/** Checks that a saved state consists of plain values and typed arrays only. */
export function checkStateTree(tree: unknown, path: string): void {
  if (tree === null || ["boolean", "number", "string"].includes(typeof tree) || isTypedArray(tree)) return;
  if (Array.isArray(tree)) {
    tree.forEach((entry, i) => {
      checkStateTree(entry, `${path}[${i}]`);
    });
  } else if (isRecord(tree) && [Object.prototype, null].includes(Object.getPrototypeOf(tree))) {
    for (const [key, entry] of Object.entries(tree)) checkStateTree(entry, `${path}.${key}`);
  } else broken("saved state", path, "plain values, records, lists and typed arrays", tree);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function bound(limit: number | Float64Array, i: number): number {
  return typeof limit === "number" ? limit : limit[i];
}

function show(value: unknown): string {
  if (isTypedArray(value)) return `${value.constructor.name}(${value.length})`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === "string") return value;
  if (!isRecord(value)) return Array.isArray(value) ? `[${value.map(show).join(", ")}]` : String(value);
  return `${value.constructor?.name ?? "Object"} { ${Object.keys(value).join(", ")} }`;
}

/** Index of the first difference of two arrays of equal length, `-1` when they are equal. */
export function firstDifference(a: TypedArray, b: TypedArray): number {
  return a.findIndex((value, i) => !Object.is(value, b[i]));
}
