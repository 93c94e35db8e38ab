/** Spaces in checkpoints, so that a policy can be used without its environments. */

import { CheckpointError, NcpsError } from "../../core/errors.js";
import { isTypedArray, type StateRecord, type StateTree } from "../../core/state.js";
import { type ActionSpace, Box, Discrete, MultiDiscrete } from "../../spaces/index.js";
import { readRecord, shown } from "./saved-options.js";

/** Observation and action space of a policy. */
export interface Spaces {
  /** The observation space. */
  observationSpace: Box;
  /** The action space. */
  actionSpace: ActionSpace;
}

/** Describes spaces as plain values and arrays. */
export function describeSpaces({ observationSpace, actionSpace }: Spaces): StateRecord {
  return { observationSpace: describe(observationSpace), actionSpace: describe(actionSpace) };
}

function describe(space: ActionSpace): StateRecord {
  if (space.kind === "discrete") return { kind: space.kind, n: space.n, start: space.start };
  if (space.kind === "multi-discrete") return { kind: space.kind, nvec: [...space.nvec] };
  const { kind, shape, dtype, low, high } = space;
  return { kind, shape: [...shape], dtype, low: shortest(low), high: shortest(high) };
}

function shortest(bound: number | Float64Array): number | Float64Array {
  return typeof bound !== "number" && bound.length > 0 && bound.every((value) => value === bound[0])
    ? bound[0]
    : bound;
}

/** Reads the result of {@link describeSpaces}. @throws CheckpointError naming the field */
export function readSpaces(value: StateTree): Spaces {
  const path = "config.spaces";
  const { observationSpace, actionSpace } = readRecord(path, value);
  const observed = readSpace(`${path}.observationSpace`, observationSpace);
  if (!(observed instanceof Box)) {
    throw new CheckpointError(`field "${path}.observationSpace": expected a box, received ${observed.kind}`);
  }
  return { observationSpace: observed, actionSpace: readSpace(`${path}.actionSpace`, actionSpace) };
}

function readSpace(path: string, value: StateTree | undefined): ActionSpace {
  const { kind, n, start, nvec, shape, dtype, low, high } = readRecord(path, value);
  const numbers = (list: StateTree): list is number[] =>
    Array.isArray(list) && list.length <= 100_000 && list.every((entry) => typeof entry === "number");
  const bound = (each: StateTree) => typeof each === "number" || isTypedArray(each);
  try {
    if (kind === "discrete") return new Discrete(n as number, start as number);
    if (kind === "multi-discrete" && numbers(nvec)) return new MultiDiscrete(nvec);
    if (kind === "box" && numbers(shape) && typeof dtype === "string" && bound(low) && bound(high)) {
      const sized = shape.length <= 8 && shape.reduce((size, each) => size * each, 1) <= 2 ** 31;
      if (sized) return new Box({ shape, dtype: dtype as "uint8", low: low as number, high: high as number });
    }
  } catch (cause) {
    if (!(cause instanceof NcpsError)) throw cause;
    throw new CheckpointError(`field "${path}": ${cause.message}`, { cause });
  }
  throw new CheckpointError(`field "${path}": expected the description of a space, received ${shown(value)}`);
}

/**
 * Checks that environments have the spaces of a checkpoint: same shapes, element types and numbers of actions. Bounds
 * may differ.
 *
 * @throws CheckpointError naming the space
 */
export function checkSameSpaces(saved: Spaces, present: Spaces): void {
  for (const name of ["observationSpace", "actionSpace"] as const) {
    const [wanted, received] = [form(saved[name]), form(present[name])];
    if (wanted === received) continue;
    throw new CheckpointError(
      `the environments do not fit the checkpoint: ${name}: expected ${wanted}, received ${received}`,
    );
  }
}

function form(space: ActionSpace): string {
  if (space.kind === "discrete") return `Discrete(${space.n}${space.start ? `, start ${space.start}` : ""})`;
  if (space.kind === "multi-discrete") return `MultiDiscrete([${space.nvec.join(", ")}])`;
  return `Box of ${space.dtype} [${space.shape.join(", ")}]`;
}
