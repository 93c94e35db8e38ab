/** Restoring a trainer's state part by part, with errors that name the part. */

import type * as tf from "@tensorflow/tfjs-core";
import { CheckpointError } from "../../core/errors.js";
import { dtypeOf, isTypedArray, type Stateful, type StateRecord, type StateTree } from "../../core/state.js";
import { setWeights } from "../../models/weights.js";

/**
 * Checks that a state has the same fields as another one, with values of the same kind: numbers, strings,
 * flags, arrays of the same type and length. Fields that are null in either may contain anything.
 *
 * @param path path of the state, for the error · @param deep whether nested records are compared as well
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
  const missing = Object.keys(own).filter((name) => !Object.hasOwn(given as StateRecord, name));
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

/**
 * Checks that the floating-point arrays of a state contain finite numbers.
 *
 * @param path path of the state, for the error
 * @throws CheckpointError naming the array
 */
export function checkFinite(path: string, state: StateTree | undefined): void {
  if (state === undefined || state === null || typeof state !== "object") return;
  if (!isTypedArray(state)) {
    for (const [name, value] of Object.entries(state)) checkFinite(path ? `${path}.${name}` : name, value);
  } else if (state instanceof Float32Array || state instanceof Float64Array) {
    const at = state.findIndex((value) => !Number.isFinite(value));
    if (at < 0) return;
    throw new CheckpointError(`field "${path}": expected finite numbers, received ${state[at]} at ${at}`);
  }
}

/**
 * Checks that fields of a record are non-negative integers.
 *
 * @param path path of the record, for the error
 * @throws CheckpointError naming the field
 */
export function checkCounts(path: string, state: StateRecord, names: readonly string[]): void {
  for (const name of names) {
    const value = state[name];
    if (Number.isSafeInteger(value) && (value as number) >= 0) continue;
    throw new CheckpointError(
      `field "${path ? `${path}.${name}` : name}": expected a whole number of at least 0, received ${value}`,
    );
  }
}

/**
 * Checks the goal, callbacks and log of a saved training; null means that there is none.
 *
 * @throws CheckpointError naming the field
 */
export function checkSavedRun(run: StateTree): void {
  if (run === null) return;
  const record = (path: string, value: StateTree | undefined): StateRecord => {
    if (value !== undefined && kindOf(value) === "record") return value as StateRecord;
    const received = value === undefined ? "nothing" : kindOf(value);
    throw new CheckpointError(`field "${path}": expected a record, received ${received}`);
  };
  const numbers = (path: string, values: StateRecord, names = Object.keys(values)) => {
    for (const name of names) {
      if (typeof values[name] === "number") continue;
      throw new CheckpointError(`field "${path}.${name}": expected a number, received ${values[name]}`);
    }
  };
  const { goal, callbacks, logger } = record("run", run);
  const { totalTimesteps, hours, spent, first } = record("run.goal", goal) as Record<string, number>;
  numbers("run.goal", { totalTimesteps, hours, spent, first });
  if (!(totalTimesteps > 0 && hours > 0 && spent >= 0 && spent < Number.POSITIVE_INFINITY && first >= 0)) {
    throw new CheckpointError('field "run.goal": expected limits above 0, and what was spent of them');
  }
  for (const [name, state] of Object.entries(record("run.callbacks", callbacks))) {
    record(`run.callbacks.${name}`, state);
  }
  const { row, counts, sinks } = record("run.logger", logger);
  numbers("run.logger.row", record("run.logger.row", row));
  numbers("run.logger.counts", record("run.logger.counts", counts));
  for (const [name, state] of Object.entries(record("run.logger.sinks", sinks))) {
    record(`run.logger.sinks.${name}`, state);
  }
}

/** Restores a part of a state; any error becomes a `CheckpointError` that names the part. */
export function restorePart(name: string, restore: () => void): void {
  try {
    restore();
  } catch (cause) {
    throw new CheckpointError(`field "${name}": ${(cause as Error).message}`, { cause });
  }
}

/** Checks and restores the fixed parts of a trainer's state; parts that the trainer does not have are skipped. */
export function restoreParts(
  parts: Readonly<Record<string, Stateful | undefined>>,
  state: StateRecord,
  own: StateRecord,
): void {
  for (const [name, part] of Object.entries(parts)) {
    if (!part) continue;
    checkFields(name, state[name], own[name] as StateRecord);
    checkFinite(name, state[name]);
    restorePart(name, () => part.setState(state[name] as StateRecord));
  }
}

/**
 * Restores weights.
 *
 * @throws CheckpointError naming the weight that is missing, unknown, of another size, or not finite
 */
export function restoreWeights(
  name: string,
  variables: ReadonlyMap<string, tf.Variable>,
  weights: StateTree,
): void {
  if (kindOf(weights) !== "record") {
    throw new CheckpointError(`field "${name}": expected a record, received ${kindOf(weights)}`);
  }
  checkFinite(name, weights);
  restorePart(name, () => setWeights(variables, weights as StateRecord));
}

/**
 * Checks that an optimizer's saved moments fit the weights: one array of each weight's size.
 *
 * @throws CheckpointError naming the weight
 */
export function checkMoments(saved: StateTree, variables: ReadonlyMap<string, tf.Variable>): void {
  const record = (path: string, value: StateTree | undefined): StateRecord => {
    if (value !== undefined && kindOf(value) === "record") return value as StateRecord;
    throw new CheckpointError(`field "${path}": expected a record`);
  };
  checkFinite("optimizer", saved);
  const entries = record("optimizer.variables", record("optimizer", saved).variables);
  for (const [name, saved] of Object.entries(entries)) {
    const variable = variables.get(name);
    if (!variable)
      throw new CheckpointError(`field "optimizer.variables.${name}": the network has no such weight`);
    const entry = record(`optimizer.variables.${name}`, saved);
    checkCounts(`optimizer.variables.${name}`, entry, ["steps"]);
    const moments = record(`optimizer.variables.${name}.moments`, entry.moments);
    // Mean squares must not be negative: their square root is taken.
    const { meanSquare } = moments;
    if (meanSquare instanceof Float32Array && meanSquare.some((value) => value < 0)) {
      throw new CheckpointError(`field "optimizer.${name}.meanSquare": expected numbers of at least 0`);
    }
    for (const [moment, values] of Object.entries(moments)) {
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
