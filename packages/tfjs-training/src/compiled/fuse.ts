/** Joins elementwise operations and reductions over one index space to single loops, and orders everything. */

import {
  type Access,
  type CallOp,
  indexValue,
  type MapOp,
  type Operation,
  type ReduceOp,
  writesOf,
} from "./operations.js";
import type { OptimizerOp, Value } from "./trace.js";

/** A member of a loop, its strides those of the loop's axes. */
export interface LoopMember {
  readonly op: MapOp | ReduceOp;
  args: Access[];
  out: Access;
}

/** Operations that are computed together, element by element. */
export interface LoopUnit {
  readonly kind: "loop";
  /** Sizes of the axes. */
  shape: number[];
  /** Which axes the reductions among the members join; undefined while there is none. */
  reduced: boolean[] | undefined;
  readonly members: LoopMember[];
}

/** What is executed at once. */
export type Unit = LoopUnit | CallOp | OptimizerOp;

// A loop with more members would need more registers than there are.
const mostMembers = 40;

interface Spread {
  shape: number[];
  reduced: boolean[];
  args: Access[];
  out: Access;
}

/** Orders operations in units; each unit reads only what units before it, or members before it, have written. */
export function fuse(operations: readonly Operation[]): Unit[] {
  const units: Unit[] = [];
  const writer = new Map<number, number>();
  const place = (op: Operation, index: number) => {
    for (const { id } of writesOf(op)) writer.set(id, index);
  };
  for (const op of operations) {
    if (op.kind === "call" || op.kind === "optimizer") {
      units.push(op);
      place(op, units.length - 1);
      continue;
    }
    const spread = spreadOf(op);
    const written = op.out.value;
    let first = (writer.get(written.id) ?? -1) + 1;
    if (written.origin.kind === "variable") first = units.length;
    for (const { value } of spread.args) {
      const made = writer.get(value.id);
      if (made !== undefined) first = Math.max(first, made);
    }
    let index = first;
    while (index < units.length && !join(units[index], op, spread)) index++;
    if (index >= units.length) {
      const { shape, reduced, args, out } = spread;
      units.push({
        kind: "loop",
        shape,
        reduced: op.kind === "reduce" ? reduced : undefined,
        members: [{ op, args, out }],
      });
      index = units.length - 1;
    }
    place(op, index);
  }
  for (const unit of units) if (unit.kind === "loop") simplify(unit);
  return units;
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

function spreadOf(op: MapOp | ReduceOp): Spread {
  const args = op.kind === "map" ? [...op.args] : [op.arg];
  const reduced = op.kind === "map" ? op.shape.map(() => false) : [...op.reduced];
  const all: Spread = { shape: [...op.shape], reduced, args, out: op.out };
  for (let axis = all.shape.length - 1; axis >= 0; axis--) if (all.shape[axis] === 1) drop(all, axis);
  for (let axis = all.shape.length - 2; axis >= 0; axis--) {
    const mergeable =
      all.reduced[axis] === all.reduced[axis + 1] &&
      [...all.args, all.out].every(
        ({ strides }) => strides[axis] === strides[axis + 1] * all.shape[axis + 1],
      );
    if (mergeable) merge(all, axis);
  }
  return all;
}

function drop(spread: Spread, axis: number): void {
  const without = (access: Access): Access => ({
    ...access,
    strides: access.strides.filter((_, i) => i !== axis),
  });
  spread.shape.splice(axis, 1);
  spread.reduced.splice(axis, 1);
  spread.args = spread.args.map(without);
  spread.out = without(spread.out);
}

// Joins an axis and the next one.
function merge(spread: Spread, axis: number): void {
  const size = spread.shape[axis] * spread.shape[axis + 1];
  drop(spread, axis);
  spread.shape[axis] = size;
}

function suffixes(shape: readonly number[]): number[] {
  const products: number[] = [];
  let product = 1;
  for (const size of [...shape].reverse()) {
    product *= size;
    products.push(product);
  }
  return products;
}

// The coarsest shape that both shapes are merged from.
function commonShape(a: readonly number[], b: readonly number[]): number[] | undefined {
  const cuts = [...new Set([...suffixes(a), ...suffixes(b)])].sort((x, y) => x - y);
  if (suffixes(a).at(-1) !== suffixes(b).at(-1)) return undefined;
  const shape: number[] = [];
  let before = 1;
  for (const cut of cuts) {
    if (cut % before !== 0) return undefined;
    shape.unshift(cut / before);
    before = cut;
  }
  return shape;
}

// Strides along the axes of a finer shape.
function refine(strides: readonly number[], from: readonly number[], to: readonly number[]): number[] {
  const result: number[] = [];
  let at = to.length - 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    let [stride, left] = [strides[axis], from[axis]];
    while (left > 1) {
      result.unshift(stride);
      stride *= to[at];
      left /= to[at];
      at--;
    }
  }
  return result;
}

function refineFlags(flags: readonly boolean[], from: readonly number[], to: readonly number[]): boolean[] {
  return refine(flags.map(Number), from, to).map((_, i) => flags[axisOf(i, from, to)]);
}

function axisOf(fine: number, from: readonly number[], to: readonly number[]): number {
  let below = to.slice(fine + 1).reduce((product, size) => product * size, 1);
  for (let axis = from.length - 1; axis >= 0; axis--) {
    if (below < from[axis]) return axis;
    below /= from[axis];
  }
  return 0;
}

function join(unit: Unit, op: MapOp | ReduceOp, spread: Spread): boolean {
  if (unit.kind !== "loop" || unit.members.length >= mostMembers) return false;
  const shape = commonShape(unit.shape, spread.shape);
  if (!shape) return false;
  const flags = op.kind === "reduce" ? refineFlags(spread.reduced, spread.shape, shape) : undefined;
  const own = unit.reduced && refineFlags(unit.reduced, unit.shape, shape);
  if (flags && own && flags.some((each, i) => each !== own[i])) return false;
  const finer = (access: Access, from: readonly number[]): Access => ({
    ...access,
    strides: refine(access.strides, from, shape),
  });
  const args = spread.args.map((access) => finer(access, spread.shape));
  const out = finer(spread.out, spread.shape);
  // What a member has just computed is at hand only for the same index, and only when it is complete.
  for (const { value, offset, strides } of args) {
    for (const member of unit.members) {
      if (member.out.value.id !== value.id) continue;
      const made = finer(member.out, unit.shape);
      if (member.op.kind === "reduce" || made.offset !== offset || !sameNumbers(made.strides, strides))
        return false;
    }
  }
  if (unit.members.some((member) => member.out.value.id === out.value.id)) return false;
  for (const member of unit.members) {
    member.args = member.args.map((access) => finer(access, unit.shape));
    member.out = finer(member.out, unit.shape);
  }
  unit.shape = shape;
  unit.reduced = flags ?? own;
  unit.members.push({ op, args, out });
  return true;
}

// Merges axes that all members walk through alike.
function simplify(unit: LoopUnit): void {
  for (let axis = unit.shape.length - 2; axis >= 0; axis--) {
    const all = unit.members.flatMap(({ args, out }) => [...args, out]);
    const size = unit.shape[axis + 1];
    const alike = unit.reduced === undefined || unit.reduced[axis] === unit.reduced[axis + 1];
    if (!alike || !all.every(({ strides }) => strides[axis] === strides[axis + 1] * size)) continue;
    const without = (access: Access): Access => ({
      ...access,
      strides: access.strides.filter((_, i) => i !== axis),
    });
    for (const member of unit.members) {
      member.args = member.args.map(without);
      member.out = without(member.out);
    }
    unit.shape.splice(axis, 2, unit.shape[axis] * size);
    unit.reduced?.splice(axis, 1);
  }
}

/** Whether an access is of the index instead of a value. */
export function isIndex({ value }: { value: Value }): boolean {
  return value === indexValue;
}
