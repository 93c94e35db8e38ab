/** Putting a trainer's state back part by part, with errors that name the part. */

import type * as tf from "@tensorflow/tfjs-core";
import { CheckpointError } from "../core/errors.js";
import { dtypeOf, isTypedArray, type Stateful, type StateRecord, type StateTree } from "../core/state.js";

/**
 * Checks that a state has the fields of another one, and in them values of the same kind: numbers, texts,
 * flags, arrays of the same type and length. Fields that are null in either may hold anything.
 *
 * @param path where the state is, for the error · @param deep whether records inside are compared as well
 * @throws CheckpointError naming the field
 */
export function checkFields(
  path: string,
  given: StateTree,
  own: StateRecord,
  deep = true,
): asserts given is StateRecord {
  const kind = kindOf(given);
  if (kind !== "record") throw new CheckpointError(`field "${path}": expected a record, received ${kind}`);
  const names = Object.keys(given as StateRecord);
  const missing = Object.keys(own).filter((name) => !names.includes(name));
  const surplus = names.filter((name) => !Object.hasOwn(own, name));
  const at = (name: string) => (path ? `${path}.${name}` : name);
  if (missing.length > 0) throw new CheckpointError(`field "${at(missing[0])}" is missing`);
  if (surplus.length > 0) throw new CheckpointError(`field "${at(surplus[0])}" is not known`);
  if (!deep) return;
  for (const [name, expected] of Object.entries(own)) {
    const value = (given as StateRecord)[name];
    if (value === null || expected === null) continue;
    const [wanted, received] = [kindOf(expected), kindOf(value)];
    if (wanted !== received) {
      throw new CheckpointError(`field "${at(name)}": expected ${wanted}, received ${received}`);
    }
    if (wanted === "record") checkFields(at(name), value, expected as StateRecord);
  }
}

/** Restores a part of a state; whatever goes wrong becomes a `CheckpointError` that names the part. */
export function restorePart(name: string, restore: () => void): void {
  try {
    restore();
  } catch (cause) {
    throw new CheckpointError(`field "${name}": ${(cause as Error).message}`, { cause });
  }
}

/** Checks and restores parts that are the same in every state of a trainer; parts that the trainer has not are left out. */
export function restoreParts(
  parts: Readonly<Record<string, Stateful | undefined>>,
  state: StateRecord,
  own: StateRecord,
): void {
  for (const [name, part] of Object.entries(parts)) {
    if (!part) continue;
    checkFields(name, state[name], own[name] as StateRecord);
    restorePart(name, () => part.setState(state[name] as StateRecord));
  }
}

/**
 * Checks that an optimiser's saved moments fit the weights: one array of each weight's size.
 *
 * @throws CheckpointError naming the weight
 */
export function checkMoments(saved: StateTree, variables: ReadonlyMap<string, tf.Variable>): void {
  const { variables: entries = {} } = saved as { variables?: Record<string, { moments?: StateRecord }> };
  for (const [name, entry] of Object.entries(entries)) {
    const variable = variables.get(name);
    if (!variable)
      throw new CheckpointError(`field "optimizer.variables.${name}": the network has no such weight`);
    for (const [moment, values] of Object.entries(entry.moments ?? {})) {
      const [wanted, received] = [`float32[${variable.size}]`, kindOf(values)];
      if (wanted !== received) {
        throw new CheckpointError(
          `field "optimizer.${name}.${moment}": expected ${wanted}, received ${received}`,
        );
      }
    }
  }
}

function kindOf(value: StateTree): string {
  if (isTypedArray(value)) return `${dtypeOf(value)}[${value.length}]`;
  if (Array.isArray(value)) return "list";
  if (value === null) return "null";
  return typeof value === "object" ? "record" : typeof value;
}
