import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const backends = ["cpu", "wasm"];

/** Expects the same result, of the same type, on both backends. */
async function expectSame(f: () => tf.Tensor): Promise<number[]> {
  const results = [];
  for (const backend of backends) {
    await tf.setBackend(backend);
    const result = tf.tidy(f);
    results.push({ shape: result.shape, dtype: result.dtype, values: Array.from(result.dataSync()) });
    result.dispose();
  }
  expect(results[1]).toEqual(results[0]);
  return results[1].values;
}

describe("bounds", () => {
  const odd = [Number.NaN, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8, Number.NaN];

  it("propagate NaN", async () => {
    expect(await expectSame(() => tf.clipByValue(tf.tensor1d(odd), -1, 1))).toEqual([
      ...[Number.NaN, 1, -1, 1, -1, 1, Number.NaN],
    ]);
    expect(await expectSame(() => tf.relu6(tf.tensor1d(odd)))).toEqual([
      ...[Number.NaN, 1, 0, 6, 0, 6, Number.NaN],
    ]);
  });

  it("of whole numbers", async () => {
    const clip = () => tf.clipByValue(tf.tensor1d([-9, 0, 3, 12], "int32"), -1, 5);
    expect(await expectSame(clip)).toEqual([-1, 0, 3, 5]);
  });

  it("leak no memory", () => expectNoLeak([[3, 7]], (x) => tf.relu6(tf.clipByValue(x, -0.5, 0.5))));
});

it("every number but 0 is true", async () => {
  const floats = [0.5, 256, -0.25, 0, Number.NaN, -0, 1e-30];
  expect(await expectSame(() => tf.cast(tf.tensor1d(floats), "bool"))).toEqual([1, 1, 1, 0, 1, 0, 1]);
  const whole = () => tf.cast(tf.tensor1d([0, 256, -1], "int32"), "bool");
  expect(await expectSame(whole)).toEqual([0, 1, 1]);
});

it.each<[tf.DataType]>([["float32"], ["int32"], ["bool"]])("strided slices of %s", async (dtype) => {
  const values = Array.from({ length: 60 }, (_, i) => (dtype === "bool" ? +(i % 3 === 0) : i));
  const x = () => tf.tensor(values, [3, 4, 5], dtype);
  await expectSame(() => tf.stridedSlice(x(), [0, 3, 4], [3, 0, 0], [2, -1, -2]));
  await expectSame(() => tf.stridedSlice(x(), [1, 0, 0], [2, 4, 5], [1, 2, 1]));
  // tfjs's cpu backend fails if an axis is removed.
  const row = tf.stridedSlice(x(), [1, 0, 0], [2, 4, 5], [1, 2, 1], 0, 0, 0, 0, 1);
  expect(row.shape).toEqual([2, 5]);
  expect(Array.from(row.dataSync())).toEqual([...values.slice(20, 25), ...values.slice(30, 35)]);
  row.dispose();
  await expectSame(() => tf.stridedSlice(x(), [2, 0, 0], [1, 4, 5], [1, 2, 1]));
});

describe("no elements", () => {
  it("give empty argmax, argmin and cumsum", async () => {
    await expectSame(() => tf.argMax(tf.zeros([0, 9, 6]), 1));
    await expectSame(() => tf.argMin(tf.zeros([3, 0]), 0));
    await expectSame(() => tf.cumsum(tf.zeros([0, 2, 2]), 1));
  });

  it("are all true, none of them true, and have the product 1", async () => {
    await tf.setBackend("wasm");
    // Leaves other numbers in the memory that is allocated next.
    const reduce = (f: () => tf.Tensor) => {
      tf.tidy(() => void tf.fill([4], 77));
      return tf.tidy(() => Array.from(f().dataSync()));
    };
    const empty = tf.zeros([2, 0]);
    expect(reduce(() => tf.prod(empty, 1))).toEqual([1, 1]);
    expect(reduce(() => tf.max(empty, 1))).toEqual([-Infinity, -Infinity]);
    expect(reduce(() => tf.min(empty, [1], true))).toEqual([Infinity, Infinity]);
    expect(reduce(() => tf.all(tf.zeros([0, 3], "bool"), 0))).toEqual([1, 1, 1]);
    expect(reduce(() => tf.any(tf.zeros([0, 3], "bool"), 0))).toEqual([0, 0, 0]);
    empty.dispose();
  });
});

describe("depthwise convolutions with bias and activation", () => {
  type Case = [number | [number, number], "same" | "valid" | number, "ceil" | "round" | undefined];

  it.each<Case>([
    [[3, 1], 1, "round"],
    [2, 0, "ceil"],
    [4, "same", undefined],
    [1, "valid", undefined],
  ])("strides %j, pad %j, %s", async (strides, pad, dimRoundingMode) => {
    for (const activation of ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const) {
      const f = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
        tf.fused.depthwiseConv2d({
          x: x as tf.Tensor4D,
          filter: filter as tf.Tensor4D,
          strides,
          pad,
          dimRoundingMode,
          bias,
          activation,
          leakyreluAlpha: 0.1,
        });
      await expectAgreement([[1, 11, 4, 20], [3, 2, 20, 1], [20]], f, { gradients: false });
      await expectNoLeak([[1, 11, 4, 20], [3, 2, 20, 1], [20]], f, { gradients: false });
    }
  });

  it("propagate NaN", async () => {
    for (const activation of ["relu", "relu6", "leakyrelu"] as const) {
      const x = () => tf.fill([1, 4, 4, 3], Number.NaN) as tf.Tensor4D;
      const filter = () => tf.ones<tf.Rank.R4>([2, 2, 3, 1]);
      const values = await expectSame(() =>
        tf.fused.depthwiseConv2d({ x: x(), filter: filter(), strides: 1, pad: "valid", activation }),
      );
      expect(values.every(Number.isNaN)).toBe(true);
    }
  });
});
