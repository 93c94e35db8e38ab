/** Splitting of a state into JSON and named arrays, and joining. */

import { CheckpointError, InvalidArgumentError } from "../core/errors.js";
import { isTypedArray, type StateTree, type TypedArray } from "../core/state.js";

/** Maximum nesting depth of records and lists in a state: deeper ones are neither written nor read. */
const DEEPEST = 100;

/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** A state as JSON, and the arrays that were taken out of it. */
export interface SplitState {
  /**
   * The plain part. `{ "$array": name }` represents an array, `{ "$number": "NaN" }` a number
   * that JSON lacks (`NaN`, `Infinity`, `-Infinity`, `-0`); keys that begin with `$` get a second one.
   */
  json: JsonValue;
  /** The arrays by name, e.g. `"policy.kernel"`. They are not copies. */
  arrays: Map<string, TypedArray>;
}

/**
 * Splits a state into a plain part and its arrays. As in JSON, objects with a `toJSON` method
 * (schedules, spaces) are replaced by what it returns, and undefined fields of records are omitted.
 *
 * @example
 * ```ts
 * splitState({ step: 3, kernel: Float32Array.of(1, 2) });
 * // { json: { step: 3, kernel: { $array: "kernel" } }, arrays: Map { "kernel" => Float32Array } }
 * ```
 * @param root name of the state in errors
 * @throws InvalidArgumentError when the state contains something other than plain values and arrays,
 *   contains itself, or has more than 100 nested records and lists
 */
export function splitState(state: StateTree, root = "state"): SplitState {
  const arrays = new Map<string, TypedArray>();
  const parents = new Set<unknown>();
  return { json: split(state, [], { root, arrays, parents }), arrays };
}

interface Splitting {
  root: string;
  arrays: Map<string, TypedArray>;
  parents: Set<unknown>;
}

function split(value: unknown, path: readonly string[], splitting: Splitting): JsonValue {
  const { root, arrays, parents } = splitting;
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return plain ? value : { $number: Object.is(value, -0) ? "-0" : String(value) };
  }
  if (isTypedArray(value)) {
    const name = freeName(path, arrays);
    arrays.set(name, value);
    return { $array: name };
  }
  if (path.length > DEEPEST) {
    throw new InvalidArgumentError(
      [root, ...path.slice(0, 3), "…"].join("."),
      `expected records and lists within at most ${DEEPEST} others`,
    );
  }
  if (parents.has(value)) {
    throw new InvalidArgumentError([root, ...path].join("."), "the state holds itself");
  }
  parents.add(value);
  try {
    if (hasToJSON(value)) return split(value.toJSON(), path, splitting);
    if (Array.isArray(value)) {
      return Array.from(value, (entry, i) => split(entry, [...path, String(i)], splitting));
    }
    if (isPlainRecord(value)) {
      const present = Object.entries(value).filter(([, entry]) => entry !== undefined);
      const entries = present.map(([key, entry]): [string, JsonValue] => [
        key.startsWith("$") ? `$${key}` : key,
        split(entry, [...path, key], splitting),
      ]);
      return Object.fromEntries(entries);
    }
  } finally {
    parents.delete(value);
  }
  const received = typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
  throw new InvalidArgumentError(
    [root, ...path].join("."),
    `expected plain values, records, lists or typed arrays, received ${received}`,
  );
}

// Two paths may result in the same name (keys may contain dots); `__metadata__` is reserved in the file.
function freeName(path: readonly string[], arrays: ReadonlyMap<string, TypedArray>): string {
  let name = path.join(".") || "state";
  while (arrays.has(name) || name === "__metadata__") name += "#";
  return name;
}

/**
 * Joins the result of {@link splitState}.
 *
 * @param root name of the state in errors
 * @throws CheckpointError when an array is missing, left over or used twice, a marker is unknown, or records and lists
 *   are nested too deep
 */
export function joinState({ json, arrays }: SplitState, root = "state"): StateTree {
  checkDepth(json, root);
  const left = new Map(arrays);
  const state = join(json, root, left);
  const [extra] = left.keys();
  if (extra !== undefined)
    throw new CheckpointError(`${root}: array "${extra}" does not belong to the state`);
  return state;
}

/**
 * Checks without recursion that records and lists are nested at most {@link DEEPEST} deep: after that, recursion
 * over the value is bounded.
 *
 * @param root name of the value in errors
 * @throws CheckpointError when they are nested deeper
 */
export function checkDepth(json: JsonValue, root: string): void {
  let level: JsonValue[] = [json];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST + 1) {
      throw new CheckpointError(`${root}: records and lists are nested more than ${DEEPEST} deep`);
    }
    const next: JsonValue[] = [];
    for (const value of level) {
      if (value === null || typeof value !== "object") continue;
      for (const entry of Object.values(value)) if (typeof entry === "object") next.push(entry);
    }
    level = next;
  }
}

/** Path of each array that a plain part refers to, by the array's name. */
export function arrayPaths(json: JsonValue): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  const visit = (value: JsonValue, path: string[]): void => {
    if (value === null || typeof value !== "object") return;
    const entries = Object.entries(value);
    if (entries.length === 1 && entries[0][0] === "$array") {
      if (typeof entries[0][1] === "string") paths.set(entries[0][1], path);
      return;
    }
    for (const [key, entry] of entries) visit(entry, [...path, key.replace(/^\$/, "")]);
  };
  visit(json, []);
  return paths;
}

function join(json: JsonValue, path: string, left: Map<string, TypedArray>): StateTree {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map((entry, i) => join(entry, `${path}.${i}`, left));
  const keys = Object.keys(json);
  if (keys.length === 1 && keys[0] === "$array") return takeArray(json.$array, path, left);
  if (keys.length === 1 && keys[0] === "$number") return readNumber(json.$number, path);
  const entries = Object.entries(json).map(([key, entry]): [string, StateTree] => {
    const marked = key.startsWith("$");
    if (marked && !key.startsWith("$$")) throw new CheckpointError(`${path}: unknown mark "${key}"`);
    const name = marked ? key.slice(1) : key;
    return [name, join(entry, `${path}.${name}`, left)];
  });
  return Object.fromEntries(entries);
}

function takeArray(name: JsonValue, path: string, left: Map<string, TypedArray>): TypedArray {
  const array = typeof name === "string" ? left.get(name) : undefined;
  if (!array) throw new CheckpointError(`${path}: there is no array ${JSON.stringify(name)}`);
  left.delete(name as string);
  return array;
}

function readNumber(text: JsonValue, path: string): number {
  if (text === "NaN" || text === "Infinity" || text === "-Infinity" || text === "-0") return Number(text);
  throw new CheckpointError(`${path}: unknown number ${JSON.stringify(text)}`);
}

function hasToJSON(value: unknown): value is { toJSON(): unknown } {
  return (
    typeof value === "object" && value !== null && "toJSON" in value && typeof value.toJSON === "function"
  );
}

function isPlainRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
