import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../src/core/errors.js";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak, numbers } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

type Pad =
  | "valid"
  | "same"
  | number
  | [[number, number], [number, number], [number, number], [number, number]];

interface Case {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides: [number, number];
  pad: Pad;
}

const oddPad: Pad = [
  [0, 0],
  [2, 0],
  [0, 3],
  [0, 0],
];

// Numeric padding cannot be used if strides differ: tfjs then computes a wrong output width.
const around = (n: number): Pad => [
  [0, 0],
  [n, n],
  [n, n],
  [0, 0],
];

const cases: Case[] = [
  { x: [2, 9, 9, 4], filter: [3, 3, 4, 8], strides: [1, 1], pad: "same" },
  { x: [2, 9, 9, 4], filter: [3, 3, 4, 8], strides: [2, 2], pad: "valid" },
  { x: [2, 9, 9, 4], filter: [5, 5, 4, 8], strides: [2, 2], pad: "same" },
  { x: [3, 8, 10, 4], filter: [1, 1, 4, 5], strides: [1, 1], pad: "same" },
  { x: [2, 20, 20, 4], filter: [8, 8, 4, 3], strides: [4, 4], pad: "valid" },
  { x: [1, 11, 7, 3], filter: [3, 2, 3, 2], strides: [2, 3], pad: oddPad },
  { x: [2, 7, 12, 1], filter: [4, 4, 1, 6], strides: [3, 1], pad: around(2) },
  { x: [2, 10, 10, 3], filter: [2, 2, 3, 4], strides: [3, 3], pad: "valid" }, // stride beyond the filter
  { x: [1, 12, 9, 2], filter: [1, 1, 2, 3], strides: [2, 2], pad: "same" },
  { x: [1, 5, 5, 2], filter: [5, 5, 2, 3], strides: [1, 1], pad: "valid" }, // one output pixel
  { x: [1, 4, 4, 2], filter: [2, 2, 2, 3], strides: [1, 1], pad: 3 }, // outputs that only read zeros
  { x: [1, 5, 6, 2], filter: [3, 2, 2, 2], strides: [4, 5], pad: around(4) },
  { x: [2, 3, 3, 2], filter: [3, 3, 2, 4], strides: [5, 5], pad: "same" }, // stride beyond the input
  { x: [20, 21, 21, 8], filter: [5, 5, 8, 2], strides: [1, 1], pad: "same" }, // several blocks of patches
];

const conv2d =
  ({ strides, pad }: Case) =>
  (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad);

const title = ({ x, filter, strides, pad }: Case) => `${x} * ${filter}, strides ${strides}, pad ${pad}`;

describe("gradients of conv2d", () => {
  it.each(cases.map((c) => [title(c), c] as const))("%s", (_, c) =>
    expectAgreement([c.x, c.filter], conv2d(c)),
  );

  it("leak no memory", async () => {
    for (const c of [cases[2], cases[5], cases[7]]) await expectNoLeak([c.x, c.filter], conv2d(c));
  });
});

it("blocks of patches within one large image", () =>
  expectAgreement(
    [
      [1, 120, 110, 3],
      [5, 5, 3, 2],
    ],
    (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid"),
  ));

it("gradients of conv1d and conv2dTranspose", async () => {
  await expectAgreement(
    [
      [2, 9, 4],
      [3, 4, 8],
    ],
    (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 2, "same"),
  );
  await expectAgreement(
    [
      [2, 5, 5, 8],
      [3, 3, 4, 8],
    ],
    (x, filter) => tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 10, 10, 4], 2, "same"),
  );
});

it("gradients of a fused convolution with bias and relu", () =>
  expectAgreement([[2, 9, 9, 4], [3, 3, 4, 8], [8]], (x, filter, bias) =>
    tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 2,
      pad: "same",
      bias,
      activation: "relu",
    }),
  ));

describe("gradients of depthwiseConv2d", () => {
  it.each(
    cases
      .filter(({ x }) => x[0] < 10)
      .map(({ x, filter, ...rest }) => ({ x, filter: [filter[0], filter[1], x[3], 2], ...rest }) as Case)
      .filter(({ strides, pad }) => strides[0] === strides[1] && typeof pad !== "object")
      .map((c) => [title(c), c] as const),
  )("%s", (_, { x, filter, strides, pad }) =>
    expectAgreement([x, filter], (a, b) =>
      tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad as "same"),
    ),
  );

  it("leak no memory", () =>
    expectNoLeak(
      [
        [2, 9, 9, 4],
        [3, 3, 4, 2],
      ],
      (a, b) => tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, "same"),
    ));

  it("separable convolution", () =>
    expectAgreement(
      [
        [2, 9, 9, 4],
        [3, 3, 4, 1],
        [1, 1, 4, 8],
      ],
      (x, depthwise, pointwise) =>
        tf.separableConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, "same"),
    ));
});

it("channels first", async () => {
  const conv = (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 1], "same", "NCHW");
  const shapes = [
    [2, 3, 9, 8],
    [3, 2, 3, 5],
  ];
  await expectAgreement(shapes, conv);
  await expectNoLeak(shapes, conv);
});

describe("cases that tfjs computes incorrectly", () => {
  const shapes = [
    [2, 9, 8, 3],
    [3, 2, 3, 5],
  ];

  // A convolution is linear in both factors: <y, dy> = <x, dx> = <filter, dFilter>.
  it.each<[number | [number, number], number, "ceil" | "round"]>([
    [2, 0, "ceil"],
    [3, 1, "ceil"],
    [[3, 2], 0, "round"],
  ])("gradients with strides %j, pad %j, rounding %s", async (strides, pad, mode) => {
    await tf.setBackend("wasm");
    const [x, filter] = shapes.map((shape, i) => tf.tensor(numbers(shape, i + 1), shape));
    const f = (a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad, "NHWC", 1, mode);
    const y = f(x, filter);
    const dy = tf.tensor(numbers(y.shape, 3), y.shape);
    const [dx, dFilter] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(f(a, b), dy)))([x, filter]);
    const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0];
    expect(dot(x, dx)).toBeCloseTo(dot(y, dy), 3);
    expect(dot(filter, dFilter)).toBeCloseTo(dot(y, dy), 3);
  });

  it("no images, channels first", async () => {
    await tf.setBackend("wasm");
    const f = (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, tf.ones([2, 2, 5, 3]), 1, "same", "NCHW");
    expect(f(tf.zeros([0, 5, 8, 1])).shape).toEqual([0, 3, 8, 1]);
    expect(tf.grad((x: tf.Tensor) => tf.sum(f(x)))(tf.zeros([0, 5, 8, 1])).shape).toEqual([0, 5, 8, 1]);
  });

  it("a different number of images in the gradient is an error", async () => {
    await tf.setBackend("wasm");
    const [x, filter] = [tf.ones<tf.Rank.R4>([1, 4, 4, 2]), tf.ones<tf.Rank.R4>([3, 3, 1, 2])];
    expect(() => tf.conv2dTranspose(x, filter, [2, 4, 4, 1], 1, "same")).toThrow(InvalidArgumentError);
  });
});

it("does not read memory of an earlier filter", async () => {
  await tf.setBackend("wasm");
  const convolve = (filter: tf.Tensor) =>
    tf.conv2d(tf.ones<tf.Rank.R4>([1, 8, 8, 33]), filter as tf.Tensor4D, 1, "valid", "NHWC", [1, 2]);
  tf.tidy(() => void convolve(tf.fill([4, 4, 33, 64], Number.NaN)));
  const values = tf.tidy(() => convolve(tf.ones([4, 4, 33, 17])).dataSync());
  for (const value of values) expect(value).toBe(4 * 4 * 33);
});

describe("depthwise convolutions with outputs that tfjs counts differently", () => {
  it.each<
    [number[], number[], number | [number, number], "same" | "valid" | number, "ceil" | "floor" | undefined]
  >([
    [[2, 11, 5, 3], [1, 4, 3, 1], 3, "same", undefined],
    [[2, 12, 6, 4], [2, 2, 4, 2], 3, "same", undefined],
    [[1, 6, 6, 3], [2, 3, 3, 1], 2, 1, "floor"],
    [[2, 6, 6, 5], [3, 3, 5, 1], [2, 2], 0, "ceil"],
    [[2, 6, 7, 5], [3, 3, 5, 1], 1, 3, "floor"],
  ])("%j with %j, strides %j, pad %j, %s", async (image, filter, strides, pad, mode) => {
    const f = (x: tf.Tensor, k: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, k as tf.Tensor4D, strides, pad, "NHWC", 1, mode);
    await expectAgreement([image, filter], f, { gradients: mode !== "ceil" }); // cpu forgets the rounding
    await expectNoLeak([image, filter], f);
  });
});

describe("fused.conv2d with PReLU", () => {
  it.each<[string, "NHWC" | "NCHW", number[]]>([
    ["a slope for each channel", "NCHW", [3]],
    ["a slope for each channel, with its axes", "NCHW", [3, 1, 1]],
    ["a slope for each row", "NCHW", [1, 3, 1]],
    ["a slope for each number", "NCHW", [3, 3, 3]],
    ["one slope", "NCHW", [1]],
    ["a slope for each channel, last", "NHWC", [3]],
    ["a slope for each row, channels last", "NHWC", [3, 1, 1]],
  ])("and %s (%s, %j) agrees with cpu", async (_, dataFormat, slopes) => {
    const f = (x: tf.Tensor, filter: tf.Tensor, preluActivationWeights: tf.Tensor, bias: tf.Tensor) =>
      tf.fused.conv2d({
        ...{ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, strides: 1, pad: "same", dataFormat },
        ...{ bias, activation: "prelu", preluActivationWeights },
      });
    await expectAgreement([[2, 3, 3, 3], [2, 3, 3, 3], slopes, [3]], f, { gradients: false });
    await expectNoLeak([[2, 3, 3, 3], [2, 3, 3, 3], slopes, [3]], f, { gradients: false });
  });

  it("has its slopes broadcast in prelu as well", async () => {
    for (const slopes of [[4], [3, 1], [1, 1], [2, 1, 1], [2, 3, 4]]) {
      await expectAgreement([[2, 3, 4], slopes], (x, alpha) => tf.prelu(x, alpha));
      await expectNoLeak([[2, 3, 4], slopes], (x, alpha) => tf.prelu(x, alpha));
    }
  });
});

describe("conv2dTranspose", () => {
  it.each([
    ["too small", 4],
    ["too large", 9],
  ])("rejects an output shape that is %s for its input", async (_, size) => {
    await tf.setBackend("wasm");
    const [x, filter] = [tf.ones<tf.Rank.R4>([1, 8, 8, 2]), tf.ones<tf.Rank.R4>([3, 3, 1, 2])];
    expect(() => tf.conv2dTranspose(x, filter, [1, size, size, 1], 1, "same")).toThrow(
      expect.objectContaining({
        code: "INVALID_ARGUMENT",
        message: expect.stringContaining(
          `expected ${size} x ${size} outputs of an input of ${size} x ${size} with these strides and this padding, received 8 x 8`,
        ),
      }),
    );
  });

  it("accepts both output sizes that are possible with a stride of two", async () => {
    for (const size of [7, 8]) {
      await expectAgreement(
        [
          [1, 4, 4, 2],
          [3, 3, 1, 2],
        ],
        (x, k) => tf.conv2dTranspose(x as tf.Tensor4D, k as tf.Tensor4D, [1, size, size, 1], 2, "same"),
        { gradients: false },
      );
    }
  });
});
