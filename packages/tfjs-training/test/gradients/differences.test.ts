import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "../../src/core/state.js";
import { useBackend } from "../../src/index.js";
import { numbers } from "../compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
/** Shapes of the inputs, operation, and, to keep away from kinks, a map of its inputs from numbers in -1..1. */
type Case = [shapes: number[][], f: Operation, map?: (x: number, input: number) => number];

const positive = (x: number) => 1.5 + x;
// Multiples of an eighth, offset for each input, so that order does not change within a finite-difference step.
const apart = (x: number, input: number) => Math.round(x * 40) / 8 + 0.06 * (1 - input);

const t4 = (x: tf.Tensor) => x as tf.Tensor4D;
const [a, b, c] = [[2, 3], [3], [2, 1]];

/** Every differentiable operation of tfjs, with its broadcasts and axes. */
const cases: Record<string, Case[]> = {
  abs: [[[[7]], tf.abs, apart]],
  acos: [[[[5]], (x) => tf.acos(tf.mul(x, 0.8))]],
  acosh: [[[[5]], tf.acosh, (x) => 3 + x]],
  add: broadcasts(tf.add),
  addN: [[[a, a, a], (...xs) => tf.addN(xs)]],
  asin: [[[[5]], (x) => tf.asin(tf.mul(x, 0.8))]],
  asinh: [[[[5]], tf.asinh]],
  atan: [[[[5]], tf.atan]],
  atan2: broadcasts(tf.atan2, positive),
  atanh: [[[[5]], (x) => tf.atanh(tf.mul(x, 0.8))]],
  avgPool: [
    [[[2, 5, 4, 2]], (x) => tf.avgPool(t4(x), [3, 2], [2, 1], "same")],
    [[[1, 5, 4, 2]], (x) => tf.avgPool(t4(x), 3, 2, 1)],
    [[[1, 5, 4, 2]], (x) => tf.avgPool(t4(x), 2, 2, "valid")],
  ],
  avgPool3d: [[[[1, 3, 4, 5, 2]], (x) => tf.avgPool3d(x as tf.Tensor5D, 2, [1, 2, 2], "same")]],
  batchNorm: [
    ...[[4], [1, 1, 1, 4], [2, 3, 2, 4]].map(
      (shape): Case => [
        [[2, 3, 2, 4], shape, shape, shape, shape],
        (x, mean, variance, offset, scale) => normalize(x, mean, tf.add(variance, 1.5), offset, scale),
      ],
    ),
  ],
  batchToSpaceND: [
    [
      [[4, 2, 3, 2]],
      (x) =>
        tf.batchToSpaceND(
          x,
          [2, 2],
          [
            [0, 1],
            [1, 0],
          ],
        ),
    ],
  ],
  broadcastTo: [
    [[[3]], (x) => tf.broadcastTo(x, [2, 2, 3])],
    [[[2, 1, 3]], (x) => tf.broadcastTo(x, [2, 4, 3])],
    [[[2, 1, 1, 1, 2]], (x) => tf.broadcastTo(x, [2, 2, 3, 2, 2])],
  ],
  ceil: [[[[5]], tf.ceil, apart]],
  clipByValue: [[[[9]], (x) => tf.clipByValue(x, -1, 1), apart]],
  concat: [0, 1, -1].map((axis): Case => [[a, a, a], (...xs) => tf.concat(xs, axis)]),
  conv1d: [
    [
      [
        [2, 6, 2],
        [3, 2, 3],
      ],
      (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, "same"),
    ],
  ],
  conv2d: [
    ...(["same", "valid", 1] as const).map(
      (pad): Case => [
        [
          [2, 5, 6, 2],
          [3, 2, 2, 3],
        ],
        (x, w) => tf.conv2d(t4(x), t4(w), [2, 1], pad),
      ],
    ),
  ],
  conv2dTranspose: [
    [
      [
        [2, 3, 3, 2],
        [3, 3, 4, 2],
      ],
      (x, w) => tf.conv2dTranspose(t4(x), t4(w), [2, 6, 6, 4], 2, "same"),
    ],
  ],
  conv3d: [
    [
      [
        [1, 3, 4, 3, 2],
        [2, 2, 2, 2, 2],
      ],
      (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [1, 2, 1], "same"),
    ],
  ],
  cos: [[[[5]], tf.cos]],
  cosh: [[[[5]], tf.cosh]],
  cumsum: [0, 1, 2].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].map((reverse): Case => [[[2, 3, 4]], (x) => tf.cumsum(x, axis, exclusive, reverse)]),
    ),
  ),
  depthwiseConv2d: [
    [
      [
        [2, 5, 6, 2],
        [3, 2, 2, 2],
      ],
      (x, w) => tf.depthwiseConv2d(t4(x), t4(w), [2, 2], "same"),
    ],
  ],
  dilation2d: [
    [
      [
        [1, 5, 4, 2],
        [2, 2, 2],
      ],
      (x, w) => tf.dilation2d(t4(x), w as tf.Tensor3D, 1, "valid"),
      (x) => x * 8,
    ],
  ],
  div: broadcasts(tf.div, positive),
  divNoNan: broadcasts(tf.divNoNan, positive),
  elu: [[[[7]], tf.elu, apart]],
  erf: [[[[7]], tf.erf]],
  exp: [[[[7]], tf.exp]],
  expandDims: [0, 1, -1].map((axis): Case => [[a], (x) => tf.expandDims(x, axis)]),
  expm1: [[[[7]], tf.expm1]],
  floor: [[[[5]], tf.floor, apart]],
  gather: [0, 1, 2, -1].map(
    (axis): Case => [[[3, 3, 3]], (x) => tf.gather(x, tf.tensor2d([0, 2, 2, 1], [2, 2], "int32"), axis)],
  ),
  leakyRelu: [[[[7]], (x) => tf.leakyRelu(x, 0.1), apart]],
  localResponseNormalization: [
    [[[1, 2, 3, 5]], (x) => tf.localResponseNormalization(t4(x), 2, 1, 0.5, 0.75)],
  ],
  log: [[[[7]], tf.log, positive]],
  log1p: [[[[7]], tf.log1p, positive]],
  logSigmoid: [[[[7]], tf.logSigmoid]],
  logSoftmax: [[[[2, 3, 4]], (x) => tf.logSoftmax(x)]],
  logSumExp: [0, 1, [0, 2], undefined].map((axis): Case => [[[2, 3, 4]], (x) => tf.logSumExp(x, axis)]),
  matMul: [
    [[a, [3, 4]], (x, y) => tf.matMul(x, y)],
    [
      [
        [3, 2],
        [4, 3],
      ],
      (x, y) => tf.matMul(x, y, true, true),
    ],
    [
      [
        [3, 2, 3],
        [1, 4, 3],
      ],
      (x, y) => tf.matMul(x, y, false, true),
    ],
    [[a, b], (x, y) => tf.dot(x, y)],
  ],
  max: axes(
    (x, axis, keep) => tf.max(x, axis, keep),
    (x) => x * 8,
  ),
  maximum: broadcasts(tf.maximum, apart),
  maxPool: [[[[2, 5, 4, 2]], (x) => tf.maxPool(t4(x), [3, 2], [2, 1], "same"), (x) => x * 8]],
  maxPool3d: [[[[1, 3, 4, 4, 2]], (x) => tf.maxPool3d(x as tf.Tensor5D, 2, [1, 2, 2], "same"), (x) => x * 8]],
  mean: axes((x, axis, keep) => tf.mean(x, axis, keep)),
  min: axes(
    (x, axis, keep) => tf.min(x, axis, keep),
    (x) => x * 8,
  ),
  minimum: broadcasts(tf.minimum, apart),
  mirrorPad: (["reflect", "symmetric"] as const).flatMap((mode): Case[] => [
    [
      [[3, 4]],
      (x) =>
        tf.mirrorPad(
          x,
          [
            [1, 2],
            [2, 1],
          ],
          mode,
        ),
    ],
    [[[4]], (x) => tf.mirrorPad(x, [[2, 2]], mode)],
  ]),
  mod: broadcasts(tf.mod, (x, input) => (input === 0 ? apart(x, 0) : 7 + x / 2)),
  moments: [[0], [1], [0, 2]].flatMap((axis): Case[] => [
    [
      [[2, 3, 4]],
      (x) => {
        const { mean, variance } = tf.moments(x, axis);
        return [mean, variance];
      },
    ],
  ]),
  mul: broadcasts(tf.mul),
  neg: [[[[7]], tf.neg]],
  norm: [1, 2, "euclidean" as const].flatMap((order): Case[] => [
    [[[3, 4]], (x) => tf.norm(x, order, 1), apart],
    [[[3, 4]], (x) => tf.norm(x, order, 0, true), apart],
  ]),
  pad: [
    [
      [a],
      (x) =>
        tf.pad(x, [
          [1, 0],
          [2, 3],
        ]),
    ],
  ],
  pow: broadcasts(tf.pow, positive),
  prelu: [[4], [3, 1, 4], [1, 1, 4], [3, 1, 1], [1, 2, 1], [2, 3, 2, 4].slice(1)].map(
    (slopes): Case => [[[2, 3, 2, 4], slopes], (x, alpha) => tf.prelu(x, alpha), apart],
  ),
  prod: axes((x, axis, keep) => tf.prod(x, axis, keep)),
  reciprocal: [[[[7]], tf.reciprocal, positive]],
  relu: [[[[7]], tf.relu, apart]],
  relu6: [[[[30]], (x) => tf.relu6(tf.mul(x, 2)), apart]],
  reshape: [[[a], (x) => tf.reshape(x, [3, 1, 2])]],
  resizeBilinear: [[[[2, 3, 4, 2]], (x) => tf.image.resizeBilinear(t4(x), [5, 3])]],
  resizeNearestNeighbor: [[[[2, 3, 4, 2]], (x) => tf.image.resizeNearestNeighbor(t4(x), [5, 3])]],
  reverse: [0, [0, 2], -1, undefined].map((axis): Case => [[[2, 3, 4]], (x) => tf.reverse(x, axis)]),
  rsqrt: [[[[7]], tf.rsqrt, positive]],
  selu: [[[[7]], tf.selu, apart]],
  separableConv2d: [
    [
      [
        [1, 4, 4, 2],
        [2, 2, 2, 2],
        [1, 1, 4, 3],
      ],
      (x, w, p) => tf.separableConv2d(t4(x), t4(w), t4(p) as tf.Tensor4D, 1, "same"),
    ],
  ],
  sigmoid: [[[[7]], tf.sigmoid]],
  sin: [[[[7]], tf.sin]],
  sinh: [[[[7]], tf.sinh]],
  slice: [
    [[[3, 4]], (x) => tf.slice(x, [1, 1], [2, -1])],
    [[[4]], (x) => tf.slice(x, 1)],
    [[[2, 2, 2, 2, 3]], (x) => tf.slice(x, [0, 1, 0, 0, 1], [2, 1, 1, 2, 2])],
  ],
  softmax: [[[[2, 3, 4]], (x) => tf.softmax(x)]],
  softplus: [[[[7]], tf.softplus]],
  spaceToBatchND: [
    [
      [[1, 3, 4, 2]],
      (x) =>
        tf.spaceToBatchND(
          x,
          [2, 2],
          [
            [1, 0],
            [0, 2],
          ],
        ),
    ],
  ],
  split: [
    [[[4, 6]], (x) => tf.split(x, 1, 0)],
    [[[4, 6]], (x) => tf.split(x, [6], 1)],
    [[[4, 6]], (x) => tf.split(x, 3, -1)],
    [[[4, 6]], (x) => tf.split(x, [1, 3], 0)],
  ],
  sqrt: [[[[7]], tf.sqrt, positive]],
  square: [[[[7]], tf.square]],
  squaredDifference: broadcasts(tf.squaredDifference),
  stack: [0, 1, -1].map((axis): Case => [[a, a], (...xs) => tf.stack(xs, axis)]),
  sub: broadcasts(tf.sub),
  sum: axes((x, axis, keep) => tf.sum(x, axis, keep)),
  tan: [[[[7]], tf.tan]],
  tanh: [[[[7]], tf.tanh]],
  tile: [
    [[[3]], (x) => tf.tile(x, [4])],
    [[[2, 3]], (x) => tf.tile(x, [3, 2])],
    [[[2, 1, 3]], (x) => tf.tile(x, [1, 4, 2])],
    [[[2, 1, 3, 1, 2]], (x) => tf.tile(x, [2, 1, 3, 2, 2])],
  ],
  transpose: [undefined, [1, 2, 0], [2, 1, 0]].map(
    (perm): Case => [[[2, 3, 4]], (x) => tf.transpose(x, perm)],
  ),
  unsortedSegmentSum: [
    [[[5, 2]], (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 2, -1, 2, 1], "int32"), 3)],
    [[[5]], (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 2, 7, 2, 1], "int32"), 3)],
  ],
  unstack: [
    [[[1, 4]], (x) => tf.unstack(x, 0)],
    [[[4, 1]], (x) => tf.unstack(x, 1)],
    [[[4, 1]], (x) => tf.unstack(x, -1)],
    [[[4, 3]], (x) => tf.unstack(x, 1)],
  ],
  where: [
    ...[
      [a, b],
      [a, c],
      [b, c],
      [[1], a],
    ].map(
      (shapes): Case => [shapes, (x, y) => tf.where(tf.tensor2d([1, 0, 1, 0, 0, 1], [2, 3], "bool"), x, y)],
    ),
  ],
};

describe.each(["cpu", "wasm"])("gradients on %s equal finite differences:", (backend) => {
  it.each(Object.keys(cases))("%s", async (name) => {
    await tf.setBackend(backend);
    for (const [i, one] of cases[name].entries()) {
      for (const [k, error] of gradientErrors(one).entries()) {
        expect(error, `case ${i}, input ${k}, shapes ${JSON.stringify(one[0])}`).toBeLessThan(5e-3);
      }
    }
  });
});

// Largest difference of each input's gradient to the difference quotients, relative to the largest quotient.
function gradientErrors([shapes, f, map = (x) => x]: Case): number[] {
  return tf.tidy(() => {
    const inputs = shapes.map((shape, i) =>
      tf.tensor(
        numbers(shape, 3 + i).map((x) => map(x, i)),
        shape,
      ),
    );
    const outputs = (...xs: tf.Tensor[]) => [f(...xs)].flat();
    const weights = outputs(...inputs).map(({ shape }, i) => tf.tensor(numbers(shape, 50 + i), shape));
    const loss = (...xs: tf.Tensor[]) =>
      tf.addN(outputs(...xs).map((y, i) => tf.sum(tf.mul(y, weights[i])))) as tf.Scalar;
    const gradients = tf.grads(loss)(inputs);
    return inputs.map((x, i) => {
      expect(gradients[i].shape).toEqual(x.shape);
      const values = x.dataSync();
      const at = (j: number, step: number) => {
        const moved = values.slice();
        moved[j] += step;
        const changed = inputs.map((y, k) => (k === i ? tf.tensor(moved, x.shape) : y));
        // In 64 bits, so that only the outputs' rounding matters.
        return outputs(...changed).reduce((sum, y, k) => {
          const factors = weights[k].dataSync();
          return sum + Array.from(y.dataSync()).reduce((part, value, n) => part + value * factors[n], 0);
        }, 0);
      };
      const step = 1e-2;
      const quotients = Array.from({ length: sizeOf(x.shape) }, (_, j) =>
        tf.tidy(
          () => (8 * (at(j, step) - at(j, -step)) - (at(j, 2 * step) - at(j, -2 * step))) / (12 * step),
        ),
      );
      const scale = Math.max(1, ...quotients.map(Math.abs));
      const received = gradients[i].dataSync();
      return Math.max(...quotients.map((quotient, j) => Math.abs(quotient - received[j]))) / scale;
    });
  });
}

function broadcasts(
  f: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor,
  map?: (x: number, input: number) => number,
): Case[] {
  const pairs = [
    [a, a],
    [a, b],
    [b, a],
    [a, c],
    [c, a],
    [b, c],
    [a, []],
    [[], a],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[1], a],
  ];
  return pairs.map((shapes): Case => [shapes, f, map]);
}

function axes(
  f: (x: tf.Tensor, axis: number | number[] | undefined, keepDims: boolean) => tf.Tensor,
  map?: (x: number, input: number) => number,
): Case[] {
  return [undefined, 0, 1, 2, -1, [0, 1], [0, 2], [1, 2], [-1, 0]].flatMap((axis) =>
    [false, true].map((keep): Case => [[[2, 3, 2]], (x) => f(x, axis, keep), map]),
  );
}

function normalize(...[x, mean, variance, offset, scale]: tf.Tensor[]): tf.Tensor {
  return tf.batchNorm(t4(x), t4(mean), t4(variance), t4(offset), t4(scale));
}
