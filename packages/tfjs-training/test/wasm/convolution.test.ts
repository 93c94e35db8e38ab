import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "../../src/core/state.js";
import { useBackend } from "../../src/index.js";
import { setProductEngine } from "../../src/wasm/products/gemm.js";
import { expectNoLeak, numbers, relativeError } from "../compare.js";
import { Random } from "../random.js";

beforeAll(async () => {
  await useBackend("wasm");
});

interface Case {
  batch: number;
  /** Rows and columns of the input, the filter and so on. */
  input: [number, number];
  filter: [number, number];
  strides: [number, number];
  dilations: [number, number];
  /** Top, bottom, left, right. */
  pad: [number, number, number, number];
  inChannels: number;
  outChannels: number;
}

const outputOf = (c: Case) =>
  [0, 1].map((axis) => {
    const padded = c.input[axis] + c.pad[2 * axis] + c.pad[2 * axis + 1];
    return Math.floor((padded - c.dilations[axis] * (c.filter[axis] - 1) - 1) / c.strides[axis]) + 1;
  });

const shapesOf = (c: Case) => ({
  x: [c.batch, ...c.input, c.inChannels],
  filter: [...c.filter, c.inChannels, c.outChannels],
  y: [c.batch, ...outputOf(c), c.outChannels],
});

/** Calls `visit` with the indices of every product of an input value and a weight, and of its sum. */
function visitProducts(c: Case, visit: (x: number, weight: number, y: number) => void): void {
  const [outHeight, outWidth] = outputOf(c);
  for (let image = 0; image < c.batch; image++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++)
        for (let kh = 0; kh < c.filter[0]; kh++)
          for (let kw = 0; kw < c.filter[1]; kw++) {
            const row = oh * c.strides[0] + kh * c.dilations[0] - c.pad[0];
            const column = ow * c.strides[1] + kw * c.dilations[1] - c.pad[2];
            if (row < 0 || row >= c.input[0] || column < 0 || column >= c.input[1]) continue;
            for (let i = 0; i < c.inChannels; i++)
              for (let o = 0; o < c.outChannels; o++)
                visit(
                  ((image * c.input[0] + row) * c.input[1] + column) * c.inChannels + i,
                  ((kh * c.filter[1] + kw) * c.inChannels + i) * c.outChannels + o,
                  ((image * outHeight + oh) * outWidth + ow) * c.outChannels + o,
                );
          }
}

/** Runs the three kernels and expects them to agree with plain sums in 64 bits. */
function check(c: Case, seed: number, { gradients = true } = {}): void {
  const shapes = shapesOf(c);
  const x = numbers(shapes.x, seed);
  const filter = numbers(shapes.filter, seed + 1);
  const dy = numbers(shapes.y, seed + 2);
  const expected = [shapes.y, shapes.x, shapes.filter].map((shape) => new Float64Array(sizeOf(shape)));
  visitProducts(c, (i, w, o) => {
    expected[0][o] += x[i] * filter[w];
    expected[1][i] += dy[o] * filter[w];
    expected[2][w] += x[i] * dy[o];
  });
  const [top, bottom, left, right] = c.pad;
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const run = (name: string, inputs: tf.NamedTensorMap, attributes: object) => {
    const attrs = { strides: c.strides, pad, dataFormat: "NHWC", ...attributes };
    return tf.engine().runKernel(name, inputs, attrs) as tf.Tensor;
  };
  tf.tidy(() => {
    const [xs, weights, dys] = [
      tf.tensor(x, shapes.x),
      tf.tensor(filter, shapes.filter),
      tf.tensor(dy, shapes.y),
    ];
    const results = [run("Conv2D", { x: xs, filter: weights }, { dilations: c.dilations })];
    if (gradients) {
      results.push(
        run("Conv2DBackpropInput", { dy: dys, filter: weights }, { inputShape: shapes.x }),
        run("Conv2DBackpropFilter", { x: xs, dy: dys }, { filterShape: shapes.filter }),
      );
    }
    results.forEach((result, i) => {
      const message = `${["output", "input gradient", "filter gradient"][i]} of ${JSON.stringify(c)}`;
      expect(relativeError(result.dataSync(), expected[i]), message).toBeLessThan(1e-5);
    });
  });
}

function randomCase(random: Random): Case {
  const pick = (largest: number) => 1 + random.integer(largest);
  const pair = (largest: number): [number, number] => [pick(largest), pick(largest)];
  const filter = pair(5);
  const pad = [0, 0, 0, 0].map(() => (random.uniform() < 0.5 ? 0 : random.integer(5))) as Case["pad"];
  return {
    batch: pick(3),
    input: [filter[0] + random.integer(9), filter[1] + random.integer(9)],
    filter,
    strides: pair(4),
    dilations: [1, 1],
    pad,
    inChannels: pick(9),
    outChannels: pick(18),
  };
}

describe.each([
  ["by the compiled kernels", false],
  ["by patches, as for an engine", true],
])("convolutions of random shapes %s", (_, patches) => {
  beforeAll(() => setProductEngine(patches ? { multiply: () => false } : undefined));

  it("forward and both gradients, any stride and padding", () => {
    const random = new Random(1);
    for (let i = 0; i < 150; i++) check(randomCase(random), i);
  });

  it("forward with dilations", () => {
    const random = new Random(2);
    for (let i = 0; i < 60; i++) {
      const c = randomCase(random);
      c.dilations = [1 + random.integer(3), 1 + random.integer(3)];
      c.input = [0, 1].map((axis) => c.input[axis] + 2 * (c.filter[axis] - 1)) as [number, number];
      check(c, i, { gradients: false });
    }
  });

  it("of many images in several groups", () => {
    const c: Case = {
      ...{ batch: 9, input: [40, 41], filter: [3, 4], strides: [2, 1], dilations: [1, 1] },
      ...{ pad: [1, 1, 2, 1], inChannels: 32, outChannels: 3 },
    };
    check(c, 1);
    check({ ...c, batch: 3, inChannels: 1, outChannels: 9, filter: [2, 2] }, 2);
  });
});

describe("padding by a number", () => {
  afterEach(() => setProductEngine(undefined));

  // tfjs computes the width of such an output with the filter's height and the vertical stride.
  it("computes the correct width for unequal strides and filter sizes, and gradients of that shape", () => {
    setProductEngine(undefined);
    const explicit: tf.backend_util.ExplicitPadding = [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ];
    const x = tf.tensor4d(numbers([2, 11, 12, 3], 1), [2, 11, 12, 3]);
    const filter = tf.tensor4d(numbers([4, 3, 3, 5], 2), [4, 3, 3, 5]);
    const results = [2, explicit].map((pad) =>
      tf.grads((a, b) => {
        const y = tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [3, 1], pad as 2);
        expect(y.shape).toEqual([2, 4, 14, 5]);
        return tf.sum(tf.square(y));
      })([x, filter]),
    );
    results[0].forEach((gradient, i) => {
      expect(Array.from(gradient.dataSync())).toEqual(Array.from(results[1][i].dataSync()));
    });
    tf.dispose([x, filter, results]);
  });
});

describe("FusedConv2D", () => {
  const shapes = [[2, 9, 8, 3], [3, 3, 3, 5], [5]];
  const inputs = () => shapes.map((shape, i) => tf.tensor(numbers(shape, i + 1), shape));
  const activations = ["linear", "relu", "relu6", "sigmoid", "elu", "leakyrelu", "prelu"] as const;

  it.each(activations)("with bias and %s, against single operations", (activation) => {
    tf.tidy(() => {
      const [x, filter, bias] = inputs();
      const alpha = tf.tensor1d([0.1, 0.2, 0.3, 0.4, 0.5]);
      const scaled = tf.mul(x, 3) as tf.Tensor4D;
      const fused = tf.fused.conv2d({
        ...{ x: scaled, filter: filter as tf.Tensor4D, bias, strides: [2, 1], pad: "same", activation },
        ...{ preluActivationWeights: alpha, leakyreluAlpha: 0.3 },
      });
      const plain = tf.add(tf.conv2d(scaled, filter as tf.Tensor4D, [2, 1], "same"), bias);
      const expected = {
        linear: () => plain,
        relu: () => tf.relu(plain),
        relu6: () => tf.relu6(plain),
        sigmoid: () => tf.sigmoid(plain),
        elu: () => tf.elu(plain),
        leakyrelu: () => tf.leakyRelu(plain, 0.3),
        prelu: () => tf.prelu(plain, alpha),
      }[activation]();
      expect(relativeError(fused.dataSync(), expected.dataSync())).toBeLessThan(1e-6);
    });
  });

  it("with a bias for every pixel", () => {
    tf.tidy(() => {
      const [x, filter] = inputs();
      const bias = tf.tensor(numbers([9, 8, 5], 7), [9, 8, 5]);
      const attrs = { strides: 1, pad: "same", activation: "relu" };
      const fused = tf.engine().runKernel("FusedConv2D", { x, filter, bias }, attrs) as tf.Tensor;
      const expected = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same"), bias));
      expect(relativeError(fused.dataSync(), expected.dataSync())).toBeLessThan(1e-6);
    });
  });

  it("leaks no memory", () =>
    expectNoLeak(
      shapes,
      (x, filter, bias) =>
        tf.fused.conv2d({
          ...{ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, strides: 2, pad: "same" },
          activation: "elu",
        }),
      { gradients: false },
    ));
});

it("an empty batch gives an empty output, and zero channels give zeros", () => {
  tf.tidy(() => {
    expect(
      tf.conv2d(tf.zeros<tf.Rank.R4>([0, 5, 5, 2]), tf.zeros<tf.Rank.R4>([3, 3, 2, 4]), 1, "same").shape,
    ).toEqual([0, 5, 5, 4]);
    const y = tf.conv2d(tf.zeros<tf.Rank.R4>([1, 5, 5, 0]), tf.zeros<tf.Rank.R4>([3, 3, 0, 2]), 1, "valid");
    expect(Array.from(y.dataSync())).toEqual(new Array(18).fill(0));
  });
});
