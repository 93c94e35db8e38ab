import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const flags = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

const product = (transposeA: boolean, transposeB: boolean) => (a: tf.Tensor, b: tf.Tensor) =>
  tf.matMul(a, b, transposeA, transposeB);

const shapesOf = (m: number, k: number, n: number, tA: boolean, tB: boolean): [number[], number[]] => [
  tA ? [k, m] : [m, k],
  tB ? [n, k] : [k, n],
];

describe.each(flags)("BatchMatMul, transposeA %s, transposeB %s", (tA, tB) => {
  it.each([
    [1, 1, 1],
    [3, 5, 2],
    [1, 64, 64],
    [33, 65, 31],
    [64, 100, 1],
    [130, 70, 50],
  ])("[%i, %i] x [.., %i]", (m, k, n) => expectAgreement(shapesOf(m, k, n, tA, tB), product(tA, tB)));

  it("batched", () => {
    const [a, b] = shapesOf(20, 30, 10, tA, tB);
    return expectAgreement(
      [
        [2, 3, ...a],
        [2, 3, ...b],
      ],
      product(tA, tB),
    );
  });

  it("one factor repeated over the batch (forward: tfjs cannot differentiate it)", async () => {
    const [a, b] = shapesOf(20, 30, 10, tA, tB);
    await expectAgreement(
      [
        [3, ...a],
        [1, ...b],
      ],
      product(tA, tB),
      { gradients: false },
    );
    await expectAgreement(
      [
        [1, ...a],
        [3, ...b],
      ],
      product(tA, tB),
      { gradients: false },
    );
  });

  it("leaks no memory", async () => {
    await expectNoLeak(shapesOf(40, 50, 60, tA, tB), product(tA, tB));
    const [a, b] = shapesOf(20, 30, 10, tA, tB);
    await expectNoLeak(
      [
        [4, ...a],
        [4, ...b],
      ],
      product(tA, tB),
    );
  });
});

it("broadcasts both factors over different axes", async () => {
  await tf.setBackend("wasm");
  const a = tf.randomUniform([2, 1, 20, 30], -1, 1, "float32", 1);
  const b = tf.randomUniform([1, 3, 30, 10], -1, 1, "float32", 2);
  const actual = tf.matMul(a, b);
  const expected = tf.matMul(tf.tile(a, [1, 3, 1, 1]), tf.tile(b, [2, 1, 1, 1]));
  expect(actual.shape).toEqual([2, 3, 20, 10]);
  expect(Array.from(actual.dataSync())).toEqual(Array.from(expected.dataSync()));
});

it("a product over an empty sum is zero", async () => {
  await tf.setBackend("wasm");
  const zero = tf.matMul(tf.zeros([3, 0]), tf.zeros([4, 0]), false, true);
  expect(zero.shape).toEqual([3, 4]);
  expect(Array.from(zero.dataSync())).toEqual(new Array(12).fill(0));
});

describe("_FusedMatMul", () => {
  const activations = ["linear", "relu", "relu6", "sigmoid", "elu"] as const;
  const fused =
    (transposeA: boolean, transposeB: boolean, activation: (typeof activations)[number]) =>
    (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.matMul({ a, b, bias, transposeA, transposeB, activation });

  // Called in a gradient, tfjs does not fuse; so the forward pass alone reaches the kernel.
  it.each(flags)("transposeA %s, transposeB %s, all activations", async (tA, tB) => {
    for (const activation of activations) {
      const shapes = [...shapesOf(5, 100, 7, tA, tB), [7]];
      await expectAgreement(shapes, fused(tA, tB, activation), { gradients: activation !== "sigmoid" });
    }
  });

  it("batched, with bias and relu", () =>
    expectAgreement([[2, 5, 100], [2, 100, 7], [7]], fused(false, false, "relu"), { gradients: false }));

  it("prelu and leaky relu", async () => {
    await expectAgreement(
      [[5, 100], [7, 100], [7]],
      (a, b, alpha) =>
        tf.fused.matMul({ a, b, transposeB: true, activation: "prelu", preluActivationWeights: alpha }),
      { gradients: false },
    );
    await expectAgreement(
      [
        [5, 100],
        [7, 100],
      ],
      (a, b) => tf.fused.matMul({ a, b, transposeB: true, activation: "leakyrelu", leakyreluAlpha: 0.1 }),
      { gradients: false },
    );
  });

  it("leaks no memory", () =>
    expectNoLeak([[5, 100], [7, 100], [7]], fused(false, true, "relu"), { gradients: false }));
});

describe("fused products", () => {
  it.each(["relu", "relu6"] as const)("%s after a broadcast bias propagates NaN", async (activation) => {
    await tf.setBackend("wasm");
    const a = tf.tensor2d([Number.NaN, -1, 2, 9], [4, 1]);
    const product = tf.fused.matMul({ a, b: tf.ones([1, 1]), bias: tf.zeros([4, 1]), activation });
    expect(Array.from(product.dataSync())).toEqual([Number.NaN, 0, 2, activation === "relu" ? 9 : 6]);
  });

  it("support zero columns, with an activation", async () => {
    await tf.setBackend("wasm");
    const [a, b, alpha] = [tf.ones([2, 3]), tf.ones([3, 0]), tf.ones([0])];
    const product = tf.fused.matMul({ a, b, activation: "prelu", preluActivationWeights: alpha });
    expect(product.shape).toEqual([2, 0]);
  });
});

it("matMul of a vector is rejected with a hint", async () => {
  await tf.setBackend("wasm");
  const vector = tf.ones([3]) as tf.Tensor;
  const refusal = expect.objectContaining({
    code: "INVALID_ARGUMENT",
    message: expect.stringContaining("received the shape [3]; use tf.dot"),
  });
  expect(() => tf.matMul(tf.ones([2, 3]), vector)).toThrow(refusal);
  expect(() => tf.matMul(vector, tf.ones([3, 2]))).toThrow(refusal);
  expect(() => tf.matMul(vector, vector)).toThrow(refusal);
});
