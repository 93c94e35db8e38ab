/** From recorded kernels to the operations of a plan. */

import { sizeOf } from "../core/state.js";
import {
  type Access,
  broadcastTo,
  indexValue,
  type Operation,
  type Reduction,
  stridesOf,
  whole,
} from "./operations.js";
import type { ElementType, KernelOp, Shaped, Trace, Value } from "./trace.js";

type Lowering = (op: KernelOp, make: Lowered) => void;

const binaryFunctions: Readonly<Record<string, string>> = {
  Add: "add",
  Sub: "sub",
  Multiply: "mul",
  RealDiv: "div",
  Maximum: "max",
  Minimum: "min",
  SquaredDifference: "squaredDifference",
  Greater: "greater",
  GreaterEqual: "greaterEqual",
  Less: "less",
  LessEqual: "lessEqual",
  Equal: "equal",
  NotEqual: "notEqual",
  LogicalAnd: "and",
  LogicalOr: "or",
};

const unaryFunctions: Readonly<Record<string, string>> = {
  Exp: "exp",
  Log: "log",
  Tanh: "tanh",
  Sigmoid: "sigmoid",
  Softplus: "softplus",
  Relu: "relu",
  Relu6: "relu6",
  Elu: "elu",
  Neg: "neg",
  Abs: "abs",
  Square: "square",
  Sqrt: "sqrt",
  Rsqrt: "rsqrt",
  Reciprocal: "reciprocal",
  Floor: "floor",
  Ceil: "ceil",
  Round: "round",
  Sign: "sign",
  LogicalNot: "not",
  IsNan: "isNaN",
};

const reductions: Readonly<Record<string, Reduction>> = {
  Sum: "sum",
  Mean: "mean",
  Max: "max",
  Min: "min",
  All: "all",
  Any: "any",
};

/** Kernels whose output's shape depends on the numbers of their inputs. */
const dependentShapes = new Set([
  "Where",
  "NonMaxSuppressionV3",
  "NonMaxSuppressionV4",
  "NonMaxSuppressionV5",
  "Unique",
  "SparseFillEmptyRows",
  "SparseReshape",
]);

/** Operations with the values that they make. */
class Lowered {
  readonly operations: Operation[] = [];
  private next = -1;

  /** A value between two operations of one kernel. */
  temporary(shape: readonly number[], dtype: ElementType): Shaped {
    const value: Value = { id: this.next--, size: sizeOf(shape), dtype, origin: { kind: "result" } };
    return { value, shape };
  }

  map(fn: string, args: readonly Access[], out: Shaped, numbers: readonly number[] = []): void {
    this.mapTo(fn, args, out.shape, whole(out), numbers);
  }

  mapTo(
    fn: string,
    args: readonly Access[],
    shape: readonly number[],
    out: Access,
    numbers: readonly number[] = [],
  ): void {
    this.operations.push({ kind: "map", fn, numbers, shape, args, out });
  }
}

function isFloat({ value }: Shaped): boolean {
  return value.dtype === "float32";
}

const lowerings: Record<string, Lowering | undefined> = {
  AddN({ inputs, outputs: [out] }, make) {
    const terms = Object.values(inputs);
    if (terms.length === 1) make.map("copy", [whole(terms[0])], out);
    let sum = terms[0];
    for (let i = 1; i < terms.length; i++) {
      const to = i === terms.length - 1 ? out : make.temporary(out.shape, "float32");
      make.map("add", [whole(sum), whole(terms[i])], to);
      sum = to;
    }
  },
  ClipByValue({ inputs: { x }, attributes, outputs: [out] }, make) {
    make.map("clip", [whole(x)], out, [attributes.clipValueMin as number, attributes.clipValueMax as number]);
  },
  Step({ inputs: { x }, attributes, outputs: [out] }, make) {
    make.map("step", [whole(x)], out, [(attributes.alpha as number) ?? 0]);
  },
  LeakyRelu({ inputs: { x }, attributes, outputs: [out] }, make) {
    make.map("leakyRelu", [whole(x)], out, [attributes.alpha as number]);
  },
  ReluGrad({ inputs: { dy, y }, outputs: [out] }, make) {
    make.map("reluGrad", [whole(dy), whole(y)], out);
  },
  Cast({ inputs: { x }, outputs: [out] }, make) {
    make.map(`${x.value.dtype}To${out.value.dtype}`, [whole(x)], out);
  },
  Fill({ attributes, outputs: [out] }, make) {
    make.map("number", [], out, [attributes.value as number]);
  },
  ZerosLike({ outputs: [out] }, make) {
    make.map("number", [], out, [0]);
  },
  OnesLike({ outputs: [out] }, make) {
    make.map("number", [], out, [1]);
  },
  Select({ inputs: { condition, t, e }, outputs: [out] }, make) {
    const { shape } = out;
    const alike = condition.shape.length === shape.length;
    const rows = { value: condition.value, shape: [...condition.shape, ...shape.slice(1).map(() => 1)] };
    make.map("select", [broadcastTo(alike ? condition : rows, shape), whole(t), whole(e)], out);
  },
  OneHot({ inputs: { indices }, attributes, outputs: [out] }, make) {
    const { onValue, offValue } = attributes as { onValue: number; offValue: number };
    const index = { value: indices.value, offset: 0, strides: [...stridesOf(indices.shape), 0] };
    const category = { value: indexValue, offset: 0, strides: [...indices.shape.map(() => 0), 1] };
    make.map(`${out.value.dtype}OneHot`, [index, category], out, [onValue, offValue]);
  },
  Transpose({ inputs: { x }, attributes, outputs: [out] }, make) {
    const own = stridesOf(x.shape);
    const strides = (attributes.perm as number[]).map((axis) => own[axis]);
    make.map("copy", [{ value: x.value, offset: 0, strides }], out);
  },
  Slice({ inputs: { x }, attributes, outputs: [out] }, make) {
    const strides = stridesOf(x.shape);
    const offset = (attributes.begin as number[]).reduce(
      (sum, index, axis) => sum + index * strides[axis],
      0,
    );
    make.map("copy", [{ value: x.value, offset, strides }], out);
  },
  Reverse({ inputs: { x }, attributes, outputs: [out] }, make) {
    const own = stridesOf(x.shape);
    const turned = x.shape.map((_, axis) =>
      [attributes.dims as number | number[]]
        .flat()
        .some((dim) => (dim + x.shape.length) % x.shape.length === axis),
    );
    const strides = own.map((stride, axis) => (turned[axis] ? -stride : stride));
    const offset = own.reduce(
      (sum, stride, axis) => sum + (turned[axis] ? stride * (x.shape[axis] - 1) : 0),
      0,
    );
    make.map("copy", [{ value: x.value, offset, strides }], out);
  },
  BroadcastTo({ inputs: { x }, outputs: [out] }, make) {
    make.map("copy", [broadcastTo(x, out.shape)], out);
  },
  Tile({ inputs: { x }, attributes, outputs: [out] }, make) {
    const reps = attributes.reps as number[];
    const shape = x.shape.flatMap((size, axis) => [reps[axis], size]);
    const args = [
      { value: x.value, offset: 0, strides: stridesOf(x.shape).flatMap((stride) => [0, stride]) },
    ];
    make.mapTo("copy", args, shape, whole({ value: out.value, shape }));
  },
  Concat({ inputs, attributes, outputs: [out] }, make) {
    const rank = out.shape.length;
    const axis = ((attributes.axis as number) + rank) % rank;
    const strides = stridesOf(out.shape);
    let at = 0;
    for (const part of Object.values(inputs)) {
      make.mapTo("copy", [whole(part)], part.shape, {
        value: out.value,
        offset: at * strides[axis],
        strides,
      });
      at += part.shape[axis];
    }
  },
  Pack({ inputs, attributes, outputs: [out] }, make) {
    const rank = out.shape.length;
    const axis = ((attributes.axis as number) + rank) % rank;
    const strides = stridesOf(out.shape);
    for (const [i, part] of Object.values(inputs).entries()) {
      const rest = strides.filter((_, each) => each !== axis);
      make.mapTo("copy", [whole(part)], part.shape, {
        value: out.value,
        offset: i * strides[axis],
        strides: rest,
      });
    }
  },
  Unpack({ inputs: { value: x }, attributes, outputs }, make) {
    const axis = ((attributes.axis as number) + x.shape.length) % x.shape.length;
    const own = stridesOf(x.shape);
    const strides = own.filter((_, each) => each !== axis);
    for (const [i, out] of outputs.entries())
      make.map("copy", [{ value: x.value, offset: i * own[axis], strides }], out);
  },
  SplitV({ inputs: { x }, attributes, outputs }, make) {
    const axis = ((attributes.axis as number) + x.shape.length) % x.shape.length;
    const strides = stridesOf(x.shape);
    let at = 0;
    for (const out of outputs) {
      make.map("copy", [{ value: x.value, offset: at * strides[axis], strides }], out);
      at += out.shape[axis];
    }
  },
  PadV2({ inputs: { x }, attributes, outputs: [out] }, make) {
    const paddings = attributes.paddings as [number, number][];
    const strides = stridesOf(out.shape);
    const offset = paddings.reduce((sum, [before], axis) => sum + before * strides[axis], 0);
    make.map("number", [], out, [attributes.constantValue as number]);
    make.mapTo("copy", [whole(x)], x.shape, { value: out.value, offset, strides });
  },
};

/**
 * The operations of a trace.
 *
 * @param obstacles takes the reasons why the trace cannot be a plan
 */
export function lower(trace: Trace, obstacles: string[]): Operation[] {
  const make = new Lowered();
  for (const op of trace.ops) {
    if (op.kind === "optimizer") make.operations.push(op);
    else if (op.kind === "assign") {
      const shape = [...op.variable.shape];
      const to: Value = { ...op.before, origin: { kind: "variable", variable: op.variable } };
      make.map("copy", [whole({ value: op.source, shape })], { value: to, shape });
    } else lowerKernel(op, make, obstacles);
  }
  return make.operations;
}

function lowerKernel(op: KernelOp, make: Lowered, obstacles: string[]): void {
  const { kernel, inputs, outputs } = op;
  const [out] = outputs;
  if (outputs.every(({ value }) => value.size === 0)) return;
  const all = [...Object.values(inputs), ...outputs];
  const binary = Object.hasOwn(binaryFunctions, kernel) ? binaryFunctions[kernel] : undefined;
  if (binary && inputs.a && inputs.b) {
    const { a, b } = inputs;
    const kinds = a.value.dtype === b.value.dtype ? a.value.dtype : "mixed";
    const fn =
      kinds === "int32"
        ? integerFunctions[binary]
        : kinds === "float32" || binary === "and" || binary === "or"
          ? binary
          : undefined;
    if (fn) {
      make.map(fn, [broadcastTo(a, out.shape), broadcastTo(b, out.shape)], out);
      return;
    }
  }
  const unary = Object.hasOwn(unaryFunctions, kernel) ? unaryFunctions[kernel] : undefined;
  if (unary && inputs.x && (isFloat(inputs.x) || unary === "not")) {
    make.map(unary, [whole(inputs.x)], out);
    return;
  }
  const reduction = Object.hasOwn(reductions, kernel) ? reductions[kernel] : undefined;
  if (
    reduction &&
    inputs.x &&
    inputs.x.value.size > 0 &&
    (isFloat(inputs.x) || reduction === "all" || reduction === "any")
  ) {
    reduce(op, reduction, make);
    return;
  }
  const lowering = Object.hasOwn(lowerings, kernel) ? lowerings[kernel] : undefined;
  if (lowering && all.every(({ value }) => value.size > 0)) {
    lowering(op, make);
    return;
  }
  if (dependentShapes.has(kernel)) {
    obstacles.push(`${kernel} gives a tensor whose shape depends on numbers`);
  } else if (all.some(({ value }) => value.dtype === "bool")) {
    obstacles.push(
      `${kernel} takes or gives booleans, which compiled steps know only in elementwise operations`,
    );
  } else {
    make.operations.push({
      kind: "call",
      kernel,
      attributes: op.attributes,
      inputs,
      listed: op.listed,
      outputs,
    });
  }
}

const integerFunctions: Readonly<Record<string, string | undefined>> = {
  add: "addInt",
  sub: "subInt",
  mul: "mulInt",
  equal: "equalInt",
  notEqual: "notEqualInt",
  greater: "greaterInt",
  greaterEqual: "greaterEqualInt",
  less: "lessInt",
  lessEqual: "lessEqualInt",
};

function reduce({ inputs: { x }, attributes, outputs: [out] }: KernelOp, fn: Reduction, make: Lowered): void {
  const given = (attributes.axis ?? attributes.reductionIndices) as number | number[] | null | undefined;
  const rank = x.shape.length;
  const axes = given === null || given === undefined ? x.shape.map((_, axis) => axis) : [given].flat();
  const list = axes.length === 0 && rank === 0 ? [] : axes.map((axis) => (axis + rank) % rank);
  const reduced = x.shape.map((_, axis) => list.includes(axis));
  const kept = stridesOf(x.shape.map((size, axis) => (reduced[axis] ? 1 : size)));
  const strides = kept.map((stride, axis) => (reduced[axis] ? 0 : stride));
  if (!reduced.some((each, axis) => each && x.shape[axis] > 1)) {
    make.map("copy", [whole(x)], { value: out.value, shape: x.shape });
    return;
  }
  make.operations.push({
    kind: "reduce",
    fn,
    shape: x.shape,
    reduced,
    arg: whole(x),
    out: { value: out.value, offset: 0, strides },
  });
}
