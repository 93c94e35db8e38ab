/** Random functions of tensors, for comparing compiled with uncompiled runs. */

import * as tf from "@tensorflow/tfjs-core";

/** A generator of numbers, seeded. */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

type Draw = () => number;
type Make = (x: tf.Tensor, draw: Draw, other: (shape: number[]) => tf.Tensor) => tf.Tensor | undefined;

const axisOf = (x: tf.Tensor, draw: Draw) => Math.floor(draw() * x.rank);
const needs = (x: tf.Tensor, rank: number) => x.rank >= rank;
const float = (x: tf.Tensor) => tf.cast(x, "float32");
// A shape that broadcasts to the tensor's.
const broadcastShape = ({ shape }: tf.Tensor, draw: Draw) => {
  const small = shape.map((size) => (draw() < 0.4 ? 1 : size));
  return draw() < 0.3 ? small.slice(Math.min(1, small.length)) : small;
};
const unary =
  (f: (x: tf.Tensor) => tf.Tensor): Make =>
  (x) =>
    f(x);
const binary =
  (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Make =>
  (x, draw, other) => {
    const y = other(broadcastShape(x, draw));
    return draw() < 0.5 || y.rank < x.rank ? f(x, y) : f(y, x);
  };
const reduction =
  (f: (x: tf.Tensor, axis: number | number[] | undefined, keep: boolean) => tf.Tensor): Make =>
  (x, draw) => {
    if (x.rank === 0) return undefined;
    const every = draw() < 0.2;
    const axes = draw() < 0.3 && x.rank > 1 ? [0, x.rank - 1] : axisOf(x, draw);
    return f(x, every ? undefined : axes, draw() < 0.5);
  };

/** Operations by the kernels that they run. */
export const operations: Readonly<Record<string, Make>> = {
  Add: binary(tf.add),
  Sub: binary(tf.sub),
  Multiply: binary(tf.mul),
  RealDiv: binary((a, b) => tf.div(a, tf.add(tf.abs(b), 0.5))),
  Maximum: binary(tf.maximum),
  Minimum: binary(tf.minimum),
  SquaredDifference: binary(tf.squaredDifference),
  Greater: binary((a, b) => tf.mul(float(tf.greater(a, b)), 2)),
  GreaterEqual: binary((a, b) => float(tf.greaterEqual(a, b))),
  Less: binary((a, b) => float(tf.less(a, b))),
  LessEqual: binary((a, b) => float(tf.lessEqual(a, b))),
  Equal: binary((a, b) => float(tf.equal(tf.round(a), tf.round(b)))),
  NotEqual: binary((a, b) => float(tf.notEqual(tf.round(a), tf.round(b)))),
  LogicalAnd: binary((a, b) => float(tf.logicalAnd(tf.greater(a, 0), tf.less(b, 1)))),
  LogicalOr: binary((a, b) => float(tf.logicalOr(tf.greater(a, 0), tf.less(b, 0)))),
  LogicalNot: unary((x) => float(tf.logicalNot(tf.greater(x, 0)))),
  Select: binary((a, b) =>
    tf.where(tf.greater(tf.add(a, b), 0), tf.add(a, tf.zerosLike(b)), tf.add(tf.zerosLike(a), b)),
  ),
  AddN: unary((x) => tf.addN([x, tf.mul(x, 2), x])),
  Exp: unary((x) => tf.exp(tf.clipByValue(x, -5, 5))),
  Log: unary((x) => tf.log(tf.add(tf.abs(x), 0.1))),
  Tanh: unary(tf.tanh),
  Sigmoid: unary(tf.sigmoid),
  Softplus: unary(tf.softplus),
  Relu: unary(tf.relu),
  Relu6: unary(tf.relu6),
  Elu: unary(tf.elu),
  LeakyRelu: unary((x) => tf.leakyRelu(x, 0.1)),
  Neg: unary(tf.neg),
  Abs: unary(tf.abs),
  Square: unary(tf.square),
  Sqrt: unary((x) => tf.sqrt(tf.abs(x))),
  Rsqrt: unary((x) => tf.rsqrt(tf.add(tf.abs(x), 0.5))),
  Reciprocal: unary((x) => tf.reciprocal(tf.add(tf.abs(x), 0.5))),
  Floor: unary(tf.floor),
  Ceil: unary(tf.ceil),
  Round: unary(tf.round),
  Sign: unary(tf.sign),
  Step: unary((x) => tf.step(x, 0.25)),
  IsNan: unary((x) => float(tf.isNaN(x))),
  ClipByValue: unary((x) => tf.clipByValue(x, -0.7, 0.9)),
  Cast: unary((x) => float(tf.cast(tf.mul(x, 3), "int32"))),
  ZerosLike: unary((x) => tf.add(x, tf.zerosLike(x))),
  OnesLike: unary((x) => tf.add(x, tf.onesLike(x))),
  Fill: unary((x) => tf.add(x, tf.fill(x.shape, 1.5))),
  Sin: unary(tf.sin),
  Cos: unary(tf.cos),
  Erf: unary(tf.erf),
  Log1p: unary((x) => tf.log1p(tf.abs(x))),
  Sum: reduction((x, axis, keep) => tf.sum(x, axis, keep)),
  Mean: reduction((x, axis, keep) => tf.mean(x, axis, keep)),
  Max: reduction((x, axis, keep) => tf.max(x, axis, keep)),
  Min: reduction((x, axis, keep) => tf.min(x, axis, keep)),
  Prod: (x, draw) => (x.rank > 0 ? tf.prod(tf.clipByValue(x, -1.2, 1.2), axisOf(x, draw)) : undefined),
  Any: reduction((x, axis, keep) => float(tf.any(tf.greater(x, 0.5), axis, keep))),
  All: reduction((x, axis, keep) => float(tf.all(tf.greater(x, -1), axis, keep))),
  ArgMax: (x, draw) => (x.rank > 0 ? float(tf.argMax(x, axisOf(x, draw))) : undefined),
  Softmax: (x) => (x.rank > 0 ? tf.softmax(x) : undefined),
  LogSoftmax: (x) => (x.rank > 0 ? tf.logSoftmax(x) : undefined),
  Transpose: (x, draw) => {
    const order = x.shape.map((_, axis) => axis).sort(() => draw() - 0.5);
    return tf.transpose(x, order);
  },
  Reshape: (x) => tf.reshape(x, x.rank > 1 ? [x.size] : [1, x.size]),
  Slice: (x, draw) => {
    if (x.rank === 0) return undefined;
    const begin = x.shape.map((size) => Math.floor(draw() * Math.min(2, size)));
    return tf.slice(
      x,
      begin,
      x.shape.map((size, axis) => size - begin[axis]),
    );
  },
  Reverse: (x, draw) => (x.rank > 0 ? tf.reverse(x, axisOf(x, draw)) : undefined),
  Tile: (x, draw) =>
    x.rank > 0 && x.size < 200
      ? tf.tile(
          x,
          x.shape.map(() => (draw() < 0.4 ? 2 : 1)),
        )
      : undefined,
  BroadcastTo: (x) =>
    x.size < 200 ? tf.broadcastTo(tf.reshape(x, [1, ...x.shape]), [2, ...x.shape]) : undefined,
  Concat: (x, draw, other) =>
    needs(x, 1) && x.size < 400 ? tf.concat([x, other([...x.shape])], axisOf(x, draw)) : undefined,
  Pack: (x, draw, other) =>
    x.size < 200 && x.rank < 4
      ? tf.stack([x, other([...x.shape])], Math.floor(draw() * (x.rank + 1)))
      : undefined,
  Unpack: (x, draw) => (needs(x, 1) ? tf.unstack(x, axisOf(x, draw))[0] : undefined),
  SplitV: (x) => {
    if (!needs(x, 1) || x.shape[0] < 2) return undefined;
    const [first, second] = tf.split(x, [1, x.shape[0] - 1]);
    return tf.concat([second, first]);
  },
  PadV2: (x) =>
    needs(x, 1) && x.size < 300
      ? tf.pad(x, x.shape.map((_, axis) => (axis === 0 ? [1, 2] : [0, 1])) as [number, number][], 0.5)
      : undefined,
  GatherV2: (x, draw) =>
    needs(x, 1) ? tf.gather(x, tf.tensor1d([0, x.shape[0] - 1, 0], "int32"), draw() < 2 ? 0 : 1) : undefined,
  OneHot: (x) =>
    needs(x, 1) && x.size < 100
      ? float(tf.oneHot(tf.cast(tf.clipByValue(tf.abs(x), 0, 4), "int32"), 5))
      : undefined,
  Cumsum: (x, draw) => (needs(x, 1) ? tf.cumsum(x, axisOf(x, draw)) : undefined),
  BatchMatMul: (x, draw, other) => {
    if (!needs(x, 2)) return undefined;
    const k = x.shape[x.rank - 1];
    const n = 1 + Math.floor(draw() * 9);
    return draw() < 0.5 ? tf.matMul(x, other([k, n])) : tf.matMul(x, other([n, k]), false, true);
  },
  _FusedMatMul: (x, draw, other) => {
    if (x.rank !== 2) return undefined;
    const n = 1 + Math.floor(draw() * 9);
    return tf.fused.matMul({
      a: x as tf.Tensor2D,
      b: other([x.shape[1] as number, n]) as tf.Tensor2D,
      bias: other([n]),
      activation: draw() < 0.5 ? "relu" : "linear",
    });
  },
  Prelu: (x, _, other) => (needs(x, 1) ? tf.prelu(x, other([x.shape[x.rank - 1]])) : undefined),
};

/** Operations whose results jump, so that the smallest difference before them may become a large one. */
export const jumping = new Set(
  "Greater GreaterEqual Less LessEqual Equal NotEqual LogicalAnd LogicalOr LogicalNot Select Floor Ceil Round Sign Step Cast Any All ArgMax OneHot".split(
    " ",
  ),
);

/** A random function. */
export interface RandomGraph {
  /** Shape of both inputs. */
  shape: number[];
  /**
   * Runs it.
   *
   * @param given values to go on with in place of each operation's own result
   * @returns the result of each operation, and its name
   */
  run(x: tf.Tensor, y: tf.Tensor, given?: readonly tf.Tensor[]): { name: string; result: tf.Tensor }[];
}

/** A random function of two inputs, of at most `length` operations out of `names`. */
export function randomGraph(seed: number, length: number, names = Object.keys(operations)): RandomGraph {
  const draw = numbers(seed);
  const shape = Array.from({ length: 1 + Math.floor(draw() * 3) }, () => 1 + Math.floor(draw() * 9));
  const choices = Array.from({ length: length * 3 }, () => ({
    name: names[Math.floor(draw() * names.length)],
    own: Math.floor(draw() * 1e9),
    which: draw(),
  }));
  const run: RandomGraph["run"] = (x, y, given) => {
    const values = [x, y, tf.add(x, y)];
    const made: { name: string; result: tf.Tensor }[] = [];
    for (const { name, own, which } of choices) {
      if (made.length >= length) break;
      const from = values[Math.floor(which * values.length)];
      const inner = numbers(own);
      const other = (wanted: number[]) => {
        const base = values[Math.floor(inner() * values.length)];
        return tf.add(tf.mul(tf.randomNormal(wanted, 0, 1, "float32", own), 0.5), tf.mean(base));
      };
      const computed = operations[name](from, inner, other);
      if (!computed || computed.size === 0 || computed.size > 3000) continue;
      // Kept small, so that no number becomes infinite.
      const result = tf.clipByValue(computed, -4, 4);
      made.push({ name, result });
      values.push(given ? given[made.length - 1] : result);
    }
    return made;
  };
  return { shape, run };
}
