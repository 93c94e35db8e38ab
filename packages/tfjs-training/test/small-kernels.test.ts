import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { type Computation, expectAgreement, expectNoLeak, relativeError } from "./compare.js";
import { Random } from "./random.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const random = new Random(11);
const size = (most = 9) => 1 + random.integer(most);
const forward = { gradients: false };

describe("elementwise functions", () => {
  const functions: Record<string, Computation> = {
    tanh: tf.tanh,
    exp: tf.exp,
    erf: tf.erf,
    softplus: tf.softplus,
    leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  };
  it.each(Object.keys(functions))("%s agrees with cpu, with gradients", async (name) => {
    for (const length of [1, 3, 4, 7, 130]) {
      await expectAgreement([[length]], (x) => functions[name](tf.mul(x, 6)));
    }
    await expectNoLeak([[5, 5]], functions[name]);
  });

  // Over the whole range, against Math in double precision, relative to each single value.
  it.each<[string, (x: number) => number, number]>([
    ["tanh", Math.tanh, 1e-6],
    ["exp", Math.exp, 2e-6],
    ["softplus", (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 1e-6],
  ])("%s is exact to %f everywhere", async (name, f, tolerance) => {
    await tf.setBackend("wasm");
    const inputs = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 23.2);
    const values = tf.tidy(() => functions[name](tf.tensor1d(inputs)).dataSync());
    inputs.forEach((x, i) => {
      const expected = f(x);
      expect(Math.abs(values[i] - expected), `at ${x}`).toBeLessThanOrEqual(
        tolerance * Math.abs(expected) + 1e-37,
      );
    });
  });

  it("handle the ends of the range and NaN", async () => {
    await tf.setBackend("wasm");
    const ends = tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 500]);
    const values = (f: Computation) => Array.from(f(ends).dataSync());
    expect(values(tf.exp)).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0, 1, Number.POSITIVE_INFINITY]);
    const limits = [Number.NaN, 1, -1, 0, 1];
    values(tf.tanh).forEach((value, i) => {
      expect(Math.abs(value - limits[i])).not.toBeGreaterThan(5e-7);
    });
    expect(values(tf.tanh)[0]).toBeNaN();
    expect(values(tf.softplus)[0]).toBeNaN();
    expect(values(tf.softplus)[1]).toBe(Number.POSITIVE_INFINITY);
    expect(values(tf.softplus)[2]).toBeLessThan(2e-38);
    expect(values(tf.softplus)[4]).toBe(500);
  });
});

describe("pairs of tensors", () => {
  const rounded = (x: tf.Tensor) => tf.div(tf.round(tf.mul(x, 3)), 3); // with equal numbers among them
  const functions: Record<string, Computation> = {
    maximum: (a, b) => tf.maximum(a, b),
    minimum: (a, b) => tf.minimum(a, b),
    greater: (a, b) => tf.cast(tf.greater(rounded(a), rounded(b)), "float32"),
    greaterEqual: (a, b) => tf.cast(tf.greaterEqual(rounded(a), rounded(b)), "float32"),
    less: (a, b) => tf.cast(tf.less(rounded(a), rounded(b)), "float32"),
    lessEqual: (a, b) => tf.cast(tf.lessEqual(rounded(a), rounded(b)), "float32"),
  };
  const shapes: [number[], number[]][] = [
    [[70], [70]],
    [
      [5, 19],
      [5, 19],
    ],
    [[5, 19], [19]],
    [[21], [3, 21]],
    [[4, 18], []],
    [[], [33]],
    [
      [2, 3, 17],
      [1, 3, 17],
    ],
    [
      [5, 1],
      [5, 7],
    ],
    [
      [3, 1, 4],
      [2, 1],
    ],
    [[0, 3], [3]],
  ];
  it.each(Object.keys(functions))("%s agrees with cpu in all broadcasts", async (name) => {
    for (const pair of shapes) await expectAgreement(pair, functions[name], forward);
    if (name.endsWith("mum"))
      await expectAgreement(
        [
          [5, 19],
          [5, 19],
        ],
        functions[name],
      );
    await expectNoLeak([[5, 19], [19]], functions[name], forward);
  });

  it("where agrees with cpu", async () => {
    for (const shape of [[1], [7], [3, 5], [66]]) {
      await expectAgreement([shape, shape], (a, b) => tf.where(tf.greater(a, 0.1), a, b));
    }
    await expectNoLeak(
      [
        [5, 19],
        [5, 19],
      ],
      (a, b) => tf.where(tf.greater(a, b), a, b),
    );
  });

  it("of integers use the stock kernel", async () => {
    await tf.setBackend("wasm");
    const a = tf.tensor1d([1, 5, 3], "int32");
    const b = tf.tensor1d([2, 4, 3], "int32");
    expect(Array.from(tf.maximum(a, b).dataSync())).toEqual([2, 5, 3]);
    expect(Array.from(tf.greaterEqual(a, b).dataSync())).toEqual([0, 1, 1]);
  });
});

describe("copies in another order", () => {
  it("transposes agree with cpu for every order of up to five axes", async () => {
    const orders = (n: number): number[][] =>
      n === 0
        ? [[]]
        : orders(n - 1).flatMap((order) =>
            Array.from({ length: n }, (_, at) => [...order.slice(0, at), n - 1, ...order.slice(at)]),
          );
    for (const rank of [1, 2, 3, 4]) {
      for (const order of orders(rank)) {
        await expectAgreement(
          [Array.from({ length: rank }, () => size(7))],
          (x) => tf.transpose(x, order),
          forward,
        );
      }
    }
    await expectAgreement([[2, 3, 4, 5, 6]], (x) => tf.transpose(x, [4, 1, 3, 0, 2]));
    await expectAgreement([[3, 37, 41]], (x) => tf.transpose(x, [0, 2, 1]));
    await expectAgreement([[1, 6, 1]], (x) => tf.transpose(x, [2, 1, 0]));
  });

  it("tile and reverse agree with cpu", async () => {
    for (let i = 0; i < 20; i++) {
      const rank = 1 + random.integer(4);
      const shape = Array.from({ length: rank }, () => size(6));
      const reps = shape.map(() => size(3));
      await expectAgreement([shape], (x) => tf.tile(x, reps), forward);
      const axes = shape.map((_, axis) => axis).filter(() => random.integer(2) === 1);
      await expectAgreement([shape], (x) => tf.reverse(x, axes), forward);
    }
    await expectAgreement([[4, 3]], (x) => tf.tile(x, [2, 3]));
    await expectAgreement([[4, 3]], (x) => tf.reverse(x, 1));
  });

  it("of integers agree; leak no memory", async () => {
    await tf.setBackend("wasm");
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32");
    expect(Array.from(tf.transpose(x).dataSync())).toEqual([1, 4, 2, 5, 3, 6]);
    expect(tf.tile(x, [1, 2]).dtype).toBe("int32");
    const bits = tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], "bool");
    expect(Array.from(tf.transpose(bits).dataSync())).toEqual([1, 1, 0, 1, 0, 0]);
    await expectNoLeak([[6, 4]], (y) => tf.transpose(y), forward);
    await expectNoLeak([[6, 4]], (y) => tf.transpose(y, [0, 1]), forward);
    await expectNoLeak([[6, 4]], (y) => tf.tile(y, [2, 2]), forward);
    await expectNoLeak([[6, 4]], (y) => tf.reverse(y, 0), forward);
  });
});

describe("max pooling of random sizes", () => {
  it("in two dimensions", async () => {
    for (let i = 0; i < 25; i++) {
      const [height, width] = [2 + size(), 2 + size()];
      const window: [number, number] = [size(3), size(3)];
      const steps: [number, number] = [size(3), size(3)];
      const pad = random.integer(2) ? "same" : "valid";
      await expectAgreement([[size(3), height, width, size(9)]], (x) =>
        tf.maxPool(tf.sub(x, 1) as tf.Tensor4D, window, steps, pad),
      );
    }
  });

  it("in three dimensions, also where no value is positive", async () => {
    for (let i = 0; i < 15; i++) {
      const shape = [size(2), 2 + size(4), 2 + size(5), 2 + size(4), size(6)];
      const side = size(3); // the cpu backend's gradient is wrong where height and width differ
      const window: [number, number, number] = [size(2), side, side];
      const steps: [number, number, number] = [size(2), size(2), size(3)];
      const pad = random.integer(2) ? "same" : "valid";
      await expectAgreement([shape], (x) => tf.maxPool3d(tf.sub(x, 1) as tf.Tensor5D, window, steps, pad));
    }
    for (let i = 0; i < 10; i++) {
      const [depth, height, width, channels] = [size(3), 2 + size(5), 2 + size(5), size(6)];
      const [tall, wide] = [1 + size(2), 1 + size(2)];
      await tf.setBackend("wasm");
      tf.tidy(() => {
        const x = tf.randomUniform([depth, height, width, channels], -2, -1, "float32", i) as tf.Tensor4D;
        const flat = tf.grad((y) => tf.maxPool(y as tf.Tensor4D, [tall, wide], 2, "same"));
        const deep = tf.grad((y) => tf.maxPool3d(y as tf.Tensor5D, [1, tall, wide], [1, 2, 2], "same"));
        expect(deep(tf.expandDims(x)).dataSync()).toEqual(flat(x).dataSync());
      });
    }
    await expectNoLeak([[1, 4, 4, 4, 5]], (x) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, "valid"));
  });
});

describe("gradients of depthwise convolutions", () => {
  interface Case {
    x: [number, number, number, number];
    filter: [number, number, number, number];
    strides: [number, number];
    dilations: [number, number];
    pad: "same" | "valid";
  }

  const cases = Array.from({ length: 30 }, (): Case => {
    const [channels, multiplier] = [size(22), random.integer(2) ? 1 : size(3)];
    const dilated = random.integer(2) === 1;
    const dilations: [number, number] = dilated ? [size(3), size(2)] : [1, 1];
    return {
      x: [size(3), 7 + size(5), 5 + size(6), channels],
      filter: [size(3), size(3), channels, multiplier],
      strides: dilated ? [1, 1] : [size(3), size(3)],
      dilations,
      pad: random.integer(2) ? "same" : "valid",
    };
  });

  const kernel = (name: string, inputs: tf.NamedTensorMap, attributes: object) =>
    tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor4D;
  const gradientsOf = (one: Case) => {
    const { x: inputShape, filter: filterShape, strides, dilations, pad } = one;
    const x = tf.randomUniform<tf.Rank.R4>(inputShape, -1, 1, "float32", 1);
    const filter = tf.randomUniform<tf.Rank.R4>(filterShape, -1, 1, "float32", 2);
    const convolve = (images: tf.Tensor4D, weights: tf.Tensor4D) =>
      tf.depthwiseConv2d(images, weights, strides, pad, "NHWC", dilations);
    const dy = tf.randomUniform<tf.Rank.R4>(convolve(x, filter).shape, -1, 1, "float32", 3);
    const attributes = { strides, dilations, pad, inputShape, filterShape };
    return {
      ...{ x, filter, dy, convolve },
      filterGradient: kernel("DepthwiseConv2dNativeBackpropFilter", { x, dy }, attributes),
      inputGradient: kernel("DepthwiseConv2dNativeBackpropInput", { dy, filter }, attributes),
    };
  };

  it.each(cases.filter(({ dilations }) => Math.max(...dilations) === 1))("%j", async (one) => {
    const results: Float32Array[][] = [];
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      tf.tidy(() => {
        const { filterGradient, inputGradient } = gradientsOf(one);
        results.push([filterGradient.dataSync<"float32">(), inputGradient.dataSync<"float32">()]);
      });
    }
    expect(relativeError(results[1][0], results[0][0]), "filter").toBeLessThan(1e-5);
    expect(relativeError(results[1][1], results[0][1]), "input").toBeLessThan(1e-5);
  });

  // The cpu backend's gradients ignore dilations. The convolution is linear in both of its inputs, so a
  // gradient is correct if its product with any change equals the change of the output.
  it.each(cases.filter(({ dilations }) => Math.max(...dilations) > 1))("%j, by products", async (one) => {
    await tf.setBackend("wasm");
    tf.tidy(() => {
      const { x, filter, dy, convolve, filterGradient, inputGradient } = gradientsOf(one);
      const dot = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(a, b)).dataSync()[0];
      for (let seed = 4; seed < 8; seed++) {
        const weights = tf.randomUniform<tf.Rank.R4>(one.filter, -1, 1, "float32", seed);
        const images = tf.randomUniform<tf.Rank.R4>(one.x, -1, 1, "float32", seed);
        expect(dot(filterGradient, weights)).toBeCloseTo(dot(convolve(x, weights), dy), 3);
        expect(dot(inputGradient, images)).toBeCloseTo(dot(convolve(images, filter), dy), 3);
      }
    });
  });
});

describe("rows by index", () => {
  it("gather and its gradient agree with cpu along every axis", async () => {
    for (let i = 0; i < 20; i++) {
      const shape = Array.from({ length: 1 + random.integer(3) }, () => size(6));
      const axis = random.integer(shape.length);
      const ids = Int32Array.from({ length: size(8) }, () => random.integer(shape[axis]));
      await expectAgreement([shape], (x) => tf.gather(x, tf.tensor1d(ids, "int32"), axis));
    }
  });
});

it("where selects booleans and integers, too", async () => {
  for (const dtype of ["bool", "int32"] as const) {
    await tf.setBackend("wasm");
    const [a, b] = [tf.ones([2, 3], dtype), tf.zeros([2, 3], dtype)];
    const flags = tf.tensor2d([1, 0, 1, 1, 0, 0], [2, 3], "bool");
    expect(Array.from(tf.where(flags, a, b).dataSync())).toEqual([1, 0, 1, 1, 0, 0]);
  }
});

it("maximum and minimum propagate NaN in all broadcasts", async () => {
  await tf.setBackend("wasm");
  const [column, matrix] = [tf.tensor2d([Number.NaN, 2], [2, 1]), tf.tensor2d([1, 3, 1, Number.NaN], [2, 2])];
  const expected = [Number.NaN, Number.NaN, 2, Number.NaN];
  expect(Array.from(tf.maximum(column, matrix).dataSync())).toEqual(expected);
  expect(Array.from(tf.minimum(column, matrix).dataSync())).toEqual([Number.NaN, Number.NaN, 1, Number.NaN]);
});

it("bincount of several axes counts all elements", async () => {
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    const counts = tf.bincount(
      tf.tensor2d([1, 2, 3, 3], [2, 2], "int32") as tf.Tensor as tf.Tensor1D,
      tf.tensor1d([]),
      5,
    );
    expect(counts.shape).toEqual([5]);
    expect(Array.from(counts.dataSync())).toEqual([0, 1, 1, 2, 0]);
  }
});
