/** The operations that plans consist of. */

import type { OptimizerOp, Shaped, Value } from "./trace.js";

/** Where an operation finds the elements of a value: at `offset` plus the sum of indices times strides, in elements. */
export interface Access {
  readonly value: Value;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** A function of elements, computed for every index of a shape. */
export interface MapOp {
  readonly kind: "map";
  /** Name in `element-functions.ts`. */
  readonly fn: string;
  /** Constants of the function. */
  readonly numbers: readonly number[];
  readonly shape: readonly number[];
  readonly args: readonly Access[];
  readonly out: Access;
}

/** How elements are joined. */
export type Reduction = "sum" | "mean" | "max" | "min" | "any" | "all";

/** Joins the elements along some axes of a shape. */
export interface ReduceOp {
  readonly kind: "reduce";
  readonly fn: Reduction;
  readonly shape: readonly number[];
  /** Which axes are joined. */
  readonly reduced: readonly boolean[];
  readonly arg: Access;
  /** Strides along joined axes are 0. */
  readonly out: Access;
}

/** A kernel of tfjs's registry, called as it is. */
export interface CallOp {
  readonly kind: "call";
  readonly kernel: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Shaped>>;
  /** Whether the kernel takes its inputs as a list. */
  readonly listed: boolean;
  readonly outputs: readonly Shaped[];
}

/** An operation of a plan. */
export type Operation = MapOp | ReduceOp | CallOp | OptimizerOp;

/** Values that an operation reads. */
export function readsOf(op: Operation): Value[] {
  if (op.kind === "map") return op.args.map(({ value }) => value);
  if (op.kind === "reduce") return [op.arg.value];
  if (op.kind === "call") return Object.values(op.inputs).map(({ value }) => value);
  return [...op.gradients, ...op.weights, ...(op.unless ? [op.unless.value] : [])];
}

/** Values that an operation writes. */
export function writesOf(op: Operation): Value[] {
  if (op.kind === "map" || op.kind === "reduce") return [op.out.value];
  if (op.kind === "call") return op.outputs.map(({ value }) => value);
  return [...op.after, op.gradNorm];
}

/** Strides of elements that lie one after the other. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/** A value read for every index of a shape that it is broadcast to. */
export function broadcastTo({ value, shape }: Shaped, to: readonly number[]): Access {
  const own = stridesOf(shape);
  const added = to.length - shape.length;
  const strides = to.map((_, axis) => (axis < added || shape[axis - added] === 1 ? 0 : own[axis - added]));
  return { value, offset: 0, strides };
}

/** A value as it lies. */
export function whole({ value, shape }: Shaped): Access {
  return { value, offset: 0, strides: stridesOf(shape) };
}

/** Stands for the index itself, `offset` plus the sum of indices times strides, in place of an element. */
export const indexValue: Value = {
  id: Number.MIN_SAFE_INTEGER,
  size: 0,
  dtype: "int32",
  origin: { kind: "result" },
};

/** Only the operations whose results are used, in the same order. */
export function withoutDead(operations: readonly Operation[], outputs: Iterable<Value>): Operation[] {
  const needed = new Set([...outputs].map(({ id }) => id));
  const kept: Operation[] = [];
  for (const op of [...operations].reverse()) {
    const lasting = writesOf(op).some(({ id, origin }) => needed.has(id) || origin.kind === "variable");
    if (!lasting) continue;
    for (const { id } of readsOf(op)) needed.add(id);
    kept.push(op);
  }
  return kept.reverse();
}
