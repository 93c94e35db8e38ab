/** Mutations of bytes and of plain data. */

import { NcpsError } from "../../src/core/errors.js";

/** A random generator, in [0, 1). */
export type Draw = () => number;

/** A random integer in [0, `end`). */
export function below(random: Draw, end: number): number {
  return Math.floor(random() * end);
}

/** A random element of a list. */
export function pick<T>(random: Draw, list: readonly T[]): T {
  return list[below(random, list.length)];
}

/** Runs a function; a typed error is returned, any other is rethrown. */
export async function typedOr<T>(action: () => T | Promise<T>, check: (value: T) => void | Promise<void>) {
  let value: T;
  try {
    value = await action();
  } catch (error) {
    if (error instanceof NcpsError) return "typed" as const;
    throw error;
  }
  await check(value);
  return "loaded" as const;
}

/** Bytes with a few changes: flipped bits, other bytes, parts that are missing, doubled, zeroed or moved. */
export function damaged(bytes: Uint8Array, random: Draw): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let n = 1 + below(random, 4); n > 0; n--) {
    const at = below(random, result.length);
    const end = Math.min(result.length, at + 1 + below(random, 64));
    switch (below(random, 8)) {
      case 0:
        result = result.slice(0, at);
        break;
      case 1:
        result = joined(result.subarray(0, at), result.subarray(end));
        break;
      case 2:
        result = joined(result.subarray(0, end), result.subarray(at));
        break;
      case 3:
        result.fill(pick(random, [0, 0xff]), at, end);
        break;
      case 4: {
        const value = pick(random, [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]);
        if (at + 4 <= result.length) new DataView(result.buffer).setUint32(at, value, true);
        break;
      }
      default:
        if (result.length > 0) result[at] ^= 1 << below(random, 8);
    }
  }
  return result;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

const NAMES = ["__proto__", "constructor", "toString", "valueOf", "length", "hasOwnProperty", "", "a/b"];

/** Plain data that is unexpected at any place. */
export function oddValue(random: Draw): unknown {
  switch (below(random, 9)) {
    case 0:
      return pick(random, [null, true, false, "", {}, []]);
    case 1:
      return pick(random, [0, -0, -1, 0.5, 2 ** 31, 1e6, 1e9, 2 ** 53, 1e300, 20_000, 4096, 65]);
    case 2:
      return pick(random, NAMES);
    case 3:
      return Object.fromEntries([[pick(random, NAMES), pick<unknown>(random, [1, "x", null, []])]]);
    case 4:
      return { toString: 1, valueOf: 1 };
    case 5:
      return Array.from({ length: below(random, 300) }, () => below(random, 5) - 1);
    case 6:
      return nested(pick(random, [10, 20_000]));
    case 7:
      return "1,".repeat(below(random, 100_000));
    default:
      return below(random, 10_000);
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** A copy of plain data in which up to three places have another value, are missing, or have another name. */
export function oddData<T>(data: T, random: Draw): T {
  let copy: unknown = structuredClone(data);
  for (let n = 1 + below(random, 3); n > 0; n--) copy = changed(copy, random);
  return copy as T;
}

function changed(value: unknown, random: Draw): unknown {
  if (typeof value !== "object" || value === null || random() < 0.15) return oddValue(random);
  const keys = Object.keys(value);
  if (keys.length === 0) return oddValue(random);
  const key = pick(random, keys);
  const record = value as Record<string, unknown>;
  const child = Object.getOwnPropertyDescriptor(record, key)?.value as unknown;
  if (random() < 0.12) {
    if (Array.isArray(value)) value.splice(Number(key), 1);
    else delete record[key];
  } else if (random() < 0.08 && !Array.isArray(value)) {
    delete record[key];
    Object.defineProperty(record, pick(random, NAMES), {
      value: child,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    Object.defineProperty(record, key, {
      value: changed(child, random),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return value;
}
