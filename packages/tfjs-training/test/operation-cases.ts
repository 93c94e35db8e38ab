/** The operations that networks consist of, each with the gradients of all its inputs. */

import * as tf from "@tensorflow/tfjs-core";
import { type Computation, numbers } from "./compare.js";

/** One operation: the shapes of its float inputs, in -1..1, and its function. */
export interface OperationCase {
  /** Shapes of the inputs. */
  shapes: readonly number[][];
  /** The operation; a result of several tensors is concatenated. */
  f: Computation;
}

/** Output, then one gradient for each input. */
export type CaseResult = number[][];

const ints = (values: number[], shape = [values.length]) => tf.tensor(values, shape, "int32");
const labels = () => tf.oneHot(tf.tensor1d([0, 1, 2, 3, 4], "int32"), 6);
const join = (...tensors: tf.Tensor[]) => tf.concat(tensors.map((x) => tf.reshape(x, [-1])));

const image = [2, 9, 9, 4];
const plane = [2, 8, 8, 3];
const cube = [2, 6, 6, 6, 2];
const m = [5, 6];
const n = [6, 4];

type Inputs = [a: never, b: never, c: never, d: never, e: never];

const table: [name: string, shapes: number[][], f: (...inputs: Inputs) => tf.Tensor][] = [
  ["conv2d, stride 2", [image, [3, 3, 4, 8]], (x, k) => tf.conv2d(x, k, 2, "valid")],
  ["conv2d, same", [image, [3, 3, 4, 8]], (x, k) => tf.conv2d(x, k, 1, "same")],
  ["conv2d, 5x5 stride 2 same", [image, [5, 5, 4, 8]], (x, k) => tf.conv2d(x, k, 2, "same")],
  ["conv2d, 1x1", [image, [1, 1, 4, 8]], (x, k) => tf.conv2d(x, k, 1, "same")],
  ["conv2d, unequal strides", [image, [3, 2, 4, 8]], (x, k) => tf.conv2d(x, k, [2, 1], "same")],
  [
    "conv1d",
    [
      [2, 9, 4],
      [3, 4, 8],
    ],
    (x, k) => tf.conv1d(x, k, 1, "same"),
  ],
  [
    "conv2dTranspose",
    [
      [2, 5, 5, 8],
      [3, 3, 4, 8],
    ],
    (x, k) => tf.conv2dTranspose(x, k, [2, 10, 10, 4], 2, "same"),
  ],
  ["depthwiseConv2d", [image, [3, 3, 4, 1]], (x, k) => tf.depthwiseConv2d(x, k, 1, "same")],
  [
    "separableConv2d",
    [image, [3, 3, 4, 1], [1, 1, 4, 8]],
    (x, k, p) => tf.separableConv2d(x, k, p, 1, "same"),
  ],
  [
    "fused conv2d with bias and relu",
    [image, [3, 3, 4, 8], [8]],
    (x, filter, bias) => tf.fused.conv2d({ x, filter, strides: 2, pad: "same", bias, activation: "relu" }),
  ],
  [
    "fused matMul with bias and relu",
    [m, [6, 7], [7]],
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: "relu" }),
  ],
  ["matMul", [m, [6, 7]], (a, b) => tf.matMul(a, b)],
  [
    "matMul, transposed a",
    [
      [6, 5],
      [6, 7],
    ],
    (a, b) => tf.matMul(a, b, true),
  ],
  ["matMul, transposed b", [m, [7, 6]], (a, b) => tf.matMul(a, b, false, true)],
  [
    "matMul, both transposed",
    [
      [6, 5],
      [7, 6],
    ],
    (a, b) => tf.matMul(a, b, true, true),
  ],
  [
    "matMul, batched",
    [
      [3, 5, 6],
      [3, 6, 7],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    "matMul, broadcast b",
    [
      [3, 5, 6],
      [1, 6, 7],
    ],
    (a, b) => tf.matMul(a, b),
  ],
  [
    "matMul, broadcast b transposed",
    [
      [3, 5, 6],
      [1, 7, 6],
    ],
    (a, b) => tf.matMul(a, b, false, true),
  ],
  [
    "matMul, broadcast a transposed",
    [
      [1, 6, 5],
      [3, 6, 7],
    ],
    (a, b) => tf.matMul(a, b, true),
  ],
  ["dot", [m, n], (a, b) => tf.dot(a, b)],
  ["add, broadcast", [m, [6]], (a, b) => tf.add(a, b)],
  ["mul, broadcast column", [m, [5, 1]], (a, b) => tf.mul(a, b)],
  ["addN", [m, m], (a, b) => tf.addN([a, b])],
  ["addN of 20", [m, m], (a, b) => tf.addN(Array.from({ length: 20 }, (_, i) => (i % 3 ? a : b)))],
  ["relu", [m], (a) => tf.relu(a)],
  ["relu6", [m], (a) => tf.relu6(tf.mul(a, 9))],
  ["elu", [m], (a) => tf.elu(a)],
  ["selu", [m], (a) => tf.selu(a)],
  ["leakyRelu", [m], (a) => tf.leakyRelu(a)],
  ["prelu", [m, [6]], (a, b) => tf.prelu(a, b)],
  ["sigmoid", [m], (a) => tf.sigmoid(a)],
  ["tanh", [m], (a) => tf.tanh(a)],
  ["softplus", [m], (a) => tf.softplus(a)],
  ["silu", [m], (a) => tf.mul(a, tf.sigmoid(a))],
  ["erf", [m], (a) => tf.erf(a)],
  ["exp", [m], (a) => tf.exp(a)],
  ["log", [m], (a) => tf.log(tf.add(a, 2))],
  ["log1p", [m], (a) => tf.log1p(tf.add(0.5, tf.abs(a)))],
  ["square", [m], (a) => tf.square(a)],
  ["sqrt", [m], (a) => tf.sqrt(tf.add(a, 2))],
  ["rsqrt", [m], (a) => tf.rsqrt(tf.add(a, 2))],
  ["pow", [m], (a) => tf.pow(tf.add(a, 2), 3)],
  ["div", [m, m], (a, b) => tf.div(a, tf.add(b, 3))],
  ["maximum", [m, m], (a, b) => tf.maximum(a, b)],
  ["minimum", [m, m], (a, b) => tf.minimum(a, b)],
  ["maximum, broadcast", [m, [6]], (a, b) => tf.maximum(a, b)],
  ["squaredDifference", [m, m], (a, b) => tf.squaredDifference(a, b)],
  ["clipByValue", [m], (a) => tf.clipByValue(a, -0.5, 0.5)],
  ["where, greater", [m, m], (a, b) => tf.where(tf.greater(a, b), tf.mul(a, 2), b)],
  ["comparison as a factor", [m, m], (a, b) => tf.mul(tf.cast(tf.lessEqual(a, b), "float32"), a)],
  ["abs", [m], (a) => tf.abs(a)],
  ["neg", [m], (a) => tf.neg(a)],
  ["sign", [m], (a) => tf.mul(a, tf.sign(a))],
  ["sin", [m], (a) => tf.sin(a)],
  ["cos", [m], (a) => tf.cos(a)],
  ["atan2", [m, m], (a, b) => tf.atan2(a, b)],
  ["sum", [[5, 6, 3]], (a) => tf.sum(a, [0, 2])],
  ["mean", [[5, 6, 3]], (a) => tf.mean(a, [1, 2])],
  ["max", [m], (a) => tf.max(a, 1)],
  ["min", [m], (a) => tf.min(a, 1)],
  ["prod", [m], (a) => tf.prod(a, 1)],
  ["prod, first and last axis, with zeros", [[3, 4, 5]], (a) => tf.prod(tf.relu(tf.add(a, 0.5)), [0, 2])],
  ["cumsum", [m], (a) => tf.cumsum(a, 1)],
  ["norm", [m], (a) => tf.norm(a)],
  [
    "moments",
    [m],
    (a) => {
      const { mean, variance } = tf.moments(a, 0);
      return join(mean, variance);
    },
  ],
  ["logSumExp", [m], (a) => tf.logSumExp(a, 1)],
  ["softmax", [m], (a) => tf.softmax(a)],
  ["logSoftmax", [m], (a) => tf.logSoftmax(a)],
  ["softmaxCrossEntropy", [m], (a) => tf.losses.softmaxCrossEntropy(labels(), a)],
  ["sigmoidCrossEntropy", [m], (a) => tf.losses.sigmoidCrossEntropy(labels(), a)],
  ["huberLoss", [m, m], (a, b) => tf.losses.huberLoss(b, a, undefined, 0.3)],
  ["meanSquaredError", [m, m], (a, b) => tf.losses.meanSquaredError(b, a)],
  ["absoluteDifference", [m, m], (a, b) => tf.losses.absoluteDifference(b, a)],
  ["gather", [n], (a) => tf.gather(a, ints([0, 2, 2, 5]))],
  ["gather, axis 1", [n], (a) => tf.gather(a, ints([0, 2, 2]), 1)],
  ["gather, one of each row", [n], (a) => tf.gather(a, ints([0, 1, 2, 3, 0, 1], [6, 1]), 1, 1)],
  [
    "gather, batch axis, several of each row",
    [[3, 5, 4]],
    (a) => tf.gather(a, ints([4, 0, 1, 1, 2, 3], [3, 2]), 1, 1),
  ],
  ["gather, batch axis, later axis", [[2, 3, 5]], (a) => tf.gather(a, ints([4, 0, 1, 1], [2, 2]), 2, 1)],
  ["gatherND", [n], (a) => tf.gatherND(a, ints([0, 1, 2, 3, 0, 1], [3, 2]))],
  ["unsortedSegmentSum", [n], (a) => tf.unsortedSegmentSum(a, tf.tensor1d([0, 1, 0, 2, 2, 1], "int32"), 3)],
  ["oneHot as a factor", [n], (a) => tf.sum(tf.mul(a, tf.oneHot(ints([0, 1, 2, 3, 0, 1]), 4)), 1)],
  ["slice", [n], (a) => tf.slice(a, [1, 0], [3, 2])],
  ["stridedSlice", [n], (a) => tf.stridedSlice(a, [0, 1], [6, 4], [2, 1])],
  ["concat, axis 1", [n, [6, 3]], (a, b) => tf.concat([a, b], 1)],
  [
    "concat, axis 0",
    [
      [2, 4],
      [3, 4],
    ],
    (a, b) => tf.concat([a, b], 0),
  ],
  [
    "concat of 20",
    [m, m],
    (a, b) =>
      tf.concat(
        Array.from({ length: 20 }, (_, i) => (i % 3 ? a : b)),
        0,
      ),
  ],
  ["stack", [n, n], (a, b) => tf.stack([a, b], 1)],
  [
    "unstack",
    [n],
    (a) => {
      const parts = tf.unstack(a, 1);
      return join(parts[0], parts[3]);
    },
  ],
  [
    "split",
    [n],
    (a) => {
      const [first, second] = tf.split(a, 2, 1);
      return join(first, tf.mul(second, 2));
    },
  ],
  ["transpose", [[6, 4, 3]], (a) => tf.transpose(a, [1, 2, 0])],
  ["reshape", [n], (a) => tf.reshape(a, [4, 6])],
  ["tile", [n], (a) => tf.tile(a, [2, 3])],
  ["expandDims", [n], (a) => tf.expandDims(a, 1)],
  [
    "pad",
    [n],
    (a) =>
      tf.pad(a, [
        [1, 2],
        [0, 1],
      ]),
  ],
  ["reverse", [n], (a) => tf.reverse(a, 1)],
  ["broadcastTo", [[1, 4]], (a) => tf.broadcastTo(a, [6, 4])],
  ["topk", [m], (a) => tf.topk(a, 2).values],
  ["maxPool", [plane], (a) => tf.maxPool(a, 2, 2, "valid")],
  ["maxPool, all negative", [plane], (a) => tf.maxPool(tf.sub<tf.Tensor4D>(a, 2), 2, 2, "valid")],
  ["maxPool, 3x3 same", [plane], (a) => tf.maxPool(a, 3, 2, "same")],
  ["maxPool3d, all negative", [cube], (a) => tf.maxPool3d(tf.sub<tf.Tensor5D>(a, 2), 2, 2, "valid")],
  ["avgPool", [plane], (a) => tf.avgPool(a, 2, 2, "valid")],
  ["global average", [plane], (a) => tf.mean(a, [1, 2])],
  ["batchNorm", [plane, [3], [3], [3], [3]], (x, mean, v, o, s) => tf.batchNorm(x, mean, tf.add(v, 2), o, s)],
  [
    "batchNorm, training",
    [plane, [3], [3]],
    (x, offset, scale) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, 1e-3);
    },
  ],
  [
    "layerNorm",
    [m, [6], [6]],
    (x, gain, bias) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3))), gain), bias);
    },
  ],
  ["resizeBilinear", [plane], (a) => tf.image.resizeBilinear(a, [5, 5])],
  // One picture: of several, the cpu backend gives a wrong gradient.
  ["resizeNearestNeighbor", [[1, 8, 8, 3]], (a) => tf.image.resizeNearestNeighbor(a, [5, 5])],
  ["dropout, seeded", [m], (a) => tf.dropout(a, 0.5, undefined, 3)],
  ["cast", [m], (a) => tf.cast(tf.mul(a, 1), "float32")],
  [
    "customGrad",
    [m],
    (a) =>
      tf.customGrad((x) => ({
        value: tf.mul(x as tf.Tensor, 2),
        gradFunc: (dy: tf.Tensor) => tf.mul(dy, 5),
      }))(a),
  ],
  [
    "LSTM cell",
    [[2, 4], [2, 3], [2, 3], [7, 12], [12]],
    (x, c, h, kernel, bias) => join(...tf.basicLSTMCell(tf.scalar(1), kernel, bias, x, c, h)),
  ],
];

/** All cases by name. */
export const operationCases: ReadonlyMap<string, OperationCase> = new Map(
  table.map(([name, shapes, f]) => [name, { shapes, f: f as unknown as Computation }]),
);

/** Computes a case on the active backend; reads nothing synchronously. */
export async function runCase({ shapes, f }: OperationCase): Promise<CaseResult> {
  const tensors = tf.tidy(() => {
    const inputs = shapes.map((shape, i) => tf.tensor(numbers(shape, i + 1), shape));
    const output = f(...inputs);
    // Random weights, so that errors cannot cancel out in the gradients.
    const weights = tf.tensor(numbers(output.shape, 99), output.shape);
    const loss = (...xs: tf.Tensor[]) => tf.sum(tf.mul(f(...xs), weights)) as tf.Scalar;
    return [output, ...tf.grads(loss)(inputs)];
  });
  const results = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose(tensors);
  return results;
}

/** Computes all cases on the active backend. */
export async function runCases(): Promise<Record<string, CaseResult | string>> {
  const results: Record<string, CaseResult | string> = {};
  for (const [name, operation] of operationCases) {
    try {
      results[name] = await runCase(operation);
    } catch (error) {
      results[name] = (error as Error).message;
    }
  }
  return results;
}
