import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.js";
import {
  activations,
  affine,
  checkActivation,
  convolve,
  knownItem,
  overRows,
  pictureSizes,
} from "../../src/layers/affine.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { distance } from "./layer-helpers.js";

const formulas: Record<(typeof activations)[number], (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  silu: (x) => x / (1 + Math.exp(-x)),
};

describe.each(["wasm", "cpu"] as const)("affine on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(activations)("maps rows and applies %s, with the gradient of finite differences", (activation) => {
    tf.tidy(() => {
      const weights = { kernel: tf.tensor2d([0.5, -1, 2, 1], [2, 2]), bias: tf.tensor1d([0.25, -0.5]) };
      const rows = [1, 0.5, -2, 0.75];
      const of = (values: number[]) => affine(tf.tensor2d(values, [2, 2]), weights, activation);
      const expected = [0, 1].flatMap((row) =>
        [0, 1].map((column) => {
          const [a, b] = [rows[2 * row], rows[2 * row + 1]];
          const sum = a * [0.5, -1][column] + b * [2, 1][column] + [0.25, -0.5][column];
          return formulas[activation](sum);
        }),
      );
      expect(distance(of(rows), tf.tensor2d(expected, [2, 2]))).toBeLessThan(1e-5);
      const loss = (x: tf.Tensor) => tf.sum(tf.square(affine(x, weights, activation)));
      const gradient = tf
        .grad(loss)(tf.tensor2d(rows, [2, 2]))
        .dataSync();
      rows.forEach((_, i) => {
        const at = (step: number) =>
          loss(
            tf.tensor2d(
              rows.map((value, j) => (i === j ? value + step : value)),
              [2, 2],
            ),
          ).dataSync()[0];
        expect(Math.abs((at(1e-2) - at(-1e-2)) / 2e-2 - gradient[i])).toBeLessThan(0.01);
      });
    });
  });

  it("convolves as tfjs does, with the pixels scaled", () => {
    tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([2, 5, 6, 2], 0, 255, "float32", 1);
      const weights = {
        kernel: tf.randomNormal<tf.Rank.R4>([3, 3, 2, 4], 0, 1, "float32", 2),
        bias: tf.ones([4]),
      };
      for (const padding of ["same", "valid"] as const) {
        const ours = convolve(x, weights, { strides: 2, padding, scale: 1 / 255 });
        const plain = tf.conv2d(tf.div<tf.Tensor4D>(x, 255), weights.kernel, 2, padding);
        expect(distance(ours, tf.relu(tf.add(plain, 1)))).toBeLessThan(1e-4);
      }
    });
  });

  it("refuses inputs of another size, and leaves no tensors", () => {
    const weights = { kernel: tf.ones([2, 3]), bias: tf.zeros([3]) };
    const [x, wrong] = [tf.ones([1, 2]), tf.ones([1, 3])];
    const before = tf.memory().numTensors;
    affine(x, weights, "relu").dispose();
    expect(() => affine(wrong, weights, "relu")).toThrow(ShapeError);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([weights, x, wrong]);
  });
});

describe("overRows", () => {
  beforeAll(() => useBackend("cpu"));

  it("joins leading axes to rows, casts, and puts the axes back", () => {
    tf.tidy(() => {
      const shapes: number[][] = [];
      const f = (rows: tf.Tensor) => {
        shapes.push(rows.shape);
        expect(rows.dtype).toBe("float32");
        return tf.sum(rows, 1, true);
      };
      const y = overRows(tf.ones([2, 3, 4], "int32"), 1, f);
      expect([y.shape, shapes]).toEqual([[2, 3, 1], [[6, 4]]]);
      expect(y.dataSync()[0]).toBe(4);
      expect(overRows(tf.ones([5, 4]), 1, f).shape).toEqual([5, 1]);
    });
  });
});

describe("sizes", () => {
  it("come through convolutions without padding", () => {
    const nature = [
      { size: 8, strides: 4 },
      { size: 4, strides: 2 },
      { size: 3, strides: 1 },
    ];
    expect(pictureSizes([null, 84, 84, 4], nature)).toEqual({ height: 7, width: 7, channels: 4 });
    expect(pictureSizes([null, 36, 40, 1], nature)).toEqual({ height: 1, width: 1, channels: 1 });
    expect(() => pictureSizes([null, 35, 84, 4], nature)).toThrow(/at least 36/);
    expect(() => pictureSizes([null, null, 84, 4], nature)).toThrow(ShapeError);
  });

  it("of one item have to be known", () => {
    expect(knownItem([null, null, 3, 4], 2, "expected")).toEqual([3, 4]);
    expect(() => knownItem([3, 4], 2, "[batch, a, b]")).toThrow(/\[batch, a, b\]/);
    expect(() => checkActivation("swish" as never)).toThrow(/expected one of linear, relu/);
  });
});
