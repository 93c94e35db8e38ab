import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { sizeOf } from "../../src/core/state.js";
import { useBackend } from "../../src/index.js";
import { type ConvGeometry, convGeometry, type Shape4D } from "../../src/wasm/convolution/conv-geometry.js";
import { convolutionPlan } from "../../src/wasm/convolution/conv-plan.js";
import { bytesOf, heapOf, type WasmBackend } from "../../src/wasm/memory/heap.js";
import { type Epilogue, setProductEngine } from "../../src/wasm/products/gemm.js";
import {
  winogradConvolve,
  winogradFilterGradient,
  winogradInputGradient,
} from "../../src/wasm/winograd/winograd.js";
import { type WinogradAxes, winogradAxes } from "../../src/wasm/winograd/winograd-axis.js";
import { expectNoLeak, numbers, relativeError } from "../compare.js";
import { Random } from "../random.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm", { accelerator: false });
});

afterEach(() => setProductEngine(undefined));

interface Case {
  x: Shape4D;
  filter: Shape4D;
  strides: [number, number];
  /** Top, bottom, left, right. */
  pad: [number, number, number, number];
}

const attributesOf = ({ strides, pad: [top, bottom, left, right] }: Case) => {
  const pad: tf.backend_util.ExplicitPadding = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return { strides, pad };
};

/** Output, input gradient and filter gradient of the cpu backend. */
async function byCpu(c: Case, [x, filter, dy]: readonly Float32Array[], yShape: Shape4D) {
  await tf.setBackend("cpu");
  const results = tf.tidy(() => {
    const inputs = { x: tf.tensor(x, c.x), filter: tf.tensor(filter, c.filter), dy: tf.tensor(dy, yShape) };
    const run = (name: string, attributes: object) =>
      (
        tf.engine().runKernel(name, inputs, {
          ...{ dilations: [1, 1], dataFormat: "NHWC", ...attributesOf(c) },
          ...attributes,
        }) as tf.Tensor
      ).dataSync<"float32">();
    return [
      run("Conv2D", {}),
      run("Conv2DBackpropInput", { inputShape: c.x }),
      run("Conv2DBackpropFilter", { filterShape: c.filter }),
    ];
  });
  await tf.setBackend("wasm");
  return results;
}

const wasm = () => tf.backend() as unknown as WasmBackend;

/** Calls `compute` with addresses of the inputs and of an output filled with NaN, and returns the output. */
function withMemory(
  inputs: readonly Float32Array[],
  size: number,
  compute: (inputs: number[], output: number) => void,
): Float32Array {
  const backend = wasm();
  const tensors = [...inputs, { length: size }].map(({ length }) => backend.makeOutput([length], "float32"));
  const addresses = tensors.map((tensor) => bytesOf(backend, tensor));
  inputs.forEach((input, i) => {
    heapOf(backend).set(input, addresses[i] / 4);
  });
  const output = addresses[inputs.length];
  heapOf(backend).fill(Number.NaN, output / 4, output / 4 + size);
  compute(addresses, output);
  const result = heapOf(backend).slice(output / 4, output / 4 + size);
  for (const tensor of tensors) backend.disposeData(tensor.dataId);
  return result;
}

function byWinograd(geometry: ConvGeometry, axes: WinogradAxes, arrays: readonly Float32Array[], c: Case) {
  const [x, filter, dy] = arrays;
  const backend = wasm();
  return [
    withMemory([x, filter], dy.length, ([x, filter], y) =>
      winogradConvolve(backend, geometry, axes, { x, filter, y }, {}),
    ),
    withMemory([dy, filter], sizeOf(c.x), ([dy, filter], dx) =>
      winogradInputGradient(backend, geometry, axes, { dy, filter, dx }),
    ),
    withMemory([x, dy], sizeOf(c.filter), ([x, dy], filter) =>
      winogradFilterGradient(backend, geometry, axes, { x, dy, filter }),
    ),
  ];
}

const axesOf = (g: ConvGeometry) =>
  winogradAxes(g.outHeight, g.filterHeight, g.strideHeight).flatMap((vertical) =>
    winogradAxes(g.outWidth, g.filterWidth, g.strideWidth).map(
      (horizontal) => [vertical, horizontal] as const,
    ),
  );

/** Expects all passes, in all applicable algorithms, to agree with the cpu backend. */
async function check(c: Case, seed: number, engine: boolean): Promise<number> {
  const geometry = convGeometry(c.x, c.filter, attributesOf(c));
  const { batchSize, outHeight, outWidth, outChannels } = geometry;
  const yShape: Shape4D = [batchSize, outHeight, outWidth, outChannels];
  const arrays = [c.x, c.filter, yShape].map((shape, i) => numbers(shape, seed + i));
  const expected = await byCpu(c, arrays, yShape);
  const forms = axesOf(geometry);
  for (const axes of forms) {
    setProductEngine(engine ? { multiply: () => false } : undefined);
    byWinograd(geometry, axes, arrays, c).forEach((result, i) => {
      const form = axes.map((axis) => `F(${axis.form.outputs},${axis.form.taps})`).join(" x ");
      const pass = ["output", "input gradient", "filter gradient"][i];
      expect(relativeError(result, expected[i]), `${pass} by ${form} of ${JSON.stringify(c)}`).toBeLessThan(
        1e-5,
      );
    });
  }
  return forms.length;
}

function randomCase(random: Random): Case {
  const pick = (least: number, most: number) => least + random.integer(most - least + 1);
  const strides: [number, number] = [pick(1, 4), pick(1, 4)];
  const [height, width] = strides.map((stride) => Math.max(1, pick(1, 3) * stride - pick(0, stride - 1)));
  const channels = pick(1, 9);
  const pad = [0, 0, 0, 0].map(() => (random.uniform() < 0.5 ? 0 : random.integer(5))) as Case["pad"];
  const x: Shape4D = [pick(1, 3), height + random.integer(14), width + random.integer(14), channels];
  return { x, filter: [height, width, channels, pick(1, 18)], strides, pad };
}

describe.each([
  ["by the compiled kernels", false],
  ["as for an engine", true],
])("Winograd's convolutions %s", (_, engine) => {
  it("agree with the cpu backend in all passes, any stride, padding and size", async () => {
    const random = new Random(3);
    let forms = 0;
    for (let i = 0; i < 80; i++) forms += await check(randomCase(random), i, engine);
    expect(forms).toBeGreaterThan(100);
  });

  it("give the same in several blocks of strips as for single images", () => {
    const c: Case = { x: [16, 25, 25, 32], filter: [3, 4, 32, 20], strides: [1, 2], pad: [1, 1, 2, 1] };
    setProductEngine(engine ? { multiply: () => false } : undefined);
    const geometry = convGeometry(c.x, c.filter, attributesOf(c));
    const one = { ...geometry, batchSize: 1 };
    const yShape = [16, geometry.outHeight, geometry.outWidth, 20];
    const arrays = [c.x, c.filter, yShape].map((shape, i) => numbers(shape, i));
    for (const axes of axesOf(geometry)) {
      const [y, dx, filter] = byWinograd(geometry, axes, arrays, c);
      const sum = new Float32Array(filter.length);
      for (let image = 0; image < 16; image++) {
        const part = (all: Float32Array) =>
          all.slice((image * all.length) / 16, ((image + 1) * all.length) / 16);
        const [x, dy] = [part(arrays[0]), part(arrays[2])];
        const single = byWinograd(one, axes, [x, arrays[1], dy], { ...c, x: [1, 25, 25, 32] });
        expect(relativeError(single[0], part(y))).toBeLessThan(1e-6);
        expect(relativeError(single[1], part(dx))).toBeLessThan(1e-6);
        single[2].forEach((value, i) => {
          sum[i] += value;
        });
      }
      expect(relativeError(filter, sum)).toBeLessThan(1e-5);
    }
  });

  it("have a zero input gradient at pixels that no output uses", async () => {
    await check({ x: [2, 14, 15, 3], filter: [5, 5, 3, 4], strides: [4, 4], pad: [0, 0, 0, 0] }, 1, engine);
    await check({ x: [1, 12, 11, 3], filter: [4, 6, 3, 4], strides: [3, 4], pad: [3, 0, 0, 2] }, 2, engine);
  });
});

describe("convolutions of tfjs that use Winograd's method", () => {
  const c: Case = { x: [8, 20, 21, 16], filter: [3, 4, 16, 24], strides: [1, 2], pad: [1, 1, 0, 2] };
  const filter = () => tf.tensor4d(numbers(c.filter, 2), c.filter);
  const { strides, pad } = attributesOf(c);

  it("use that method", () => {
    const geometry = convGeometry(c.x, c.filter, attributesOf(c));
    for (const pass of ["forward", "inputGradient", "filterGradient"] as const) {
      expect(convolutionPlan(geometry, pass, false).way, pass).toBe("winograd");
    }
  });

  it.each(["relu", "relu6", "linear"] as const)("add a bias and apply %s", async (activation) => {
    const results = [];
    for (const name of ["cpu", "wasm"]) {
      await tf.setBackend(name);
      results.push(
        tf.tidy(() => {
          const x = tf.tensor4d(numbers(c.x, 1), c.x);
          const bias = tf.tensor1d(numbers([24], 3));
          return tf.fused.conv2d({ x, filter: filter(), strides, pad, bias, activation }).dataSync();
        }),
      );
    }
    expect(relativeError(results[1], results[0])).toBeLessThan(1e-5);
  });

  it("support channels first", () => {
    tf.tidy(() => {
      const x = tf.tensor4d(numbers(c.x, 1), c.x);
      const last = tf.conv2d(x, filter(), strides, pad);
      const turned = tf.transpose(x, [0, 3, 1, 2]);
      const padFirst: tf.backend_util.ExplicitPadding = [pad[0], pad[3], pad[1], pad[2]];
      const first = tf.conv2d(turned, filter(), strides, padFirst, "NCHW");
      expect(relativeError(tf.transpose(first, [0, 2, 3, 1]).dataSync(), last.dataSync())).toBeLessThan(1e-6);
    });
  });

  it("leak no memory", async () => {
    await expectNoLeak([c.x, c.filter], (x, filter) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad),
    );
  });

  it("are deterministic, and a batch is close to its parts", () => {
    const shape: Shape4D = [64, 20, 20, 32];
    const weights = numbers([4, 4, 32, 64], 4);
    const images = numbers(shape, 5).map(Math.abs);
    const run = (values: Float32Array, batch: number) =>
      tf.tidy(() => {
        const x = tf.tensor4d(values, [batch, 20, 20, 32]);
        return tf.conv2d(x, tf.tensor4d(weights, [4, 4, 32, 64]), 2, "valid").dataSync() as Float32Array;
      });
    const whole = run(images, 64);
    expect(run(images, 64)).toEqual(whole);
    const size = images.length / 64;
    for (const parts of [1, 8]) {
      const part = run(images.slice(0, parts * size), parts);
      expect(relativeError(part, whole.subarray(0, part.length))).toBeLessThan(2e-6);
    }
  });
});

it("adds a bias whose length is not a multiple of a vector, and applies relu", () => {
  const c: Case = { x: [1, 6, 6, 2], filter: [3, 3, 2, 5], strides: [1, 1], pad: [1, 1, 1, 1] };
  const geometry = convGeometry(c.x, c.filter, attributesOf(c));
  const [axes] = axesOf(geometry);
  const bias = Float32Array.from([1, -2, 3, -4, 5]);
  const zeros = new Float32Array(sizeOf(c.filter));
  const epilogue = (address: number): Epilogue => ({ bias: address, activation: "relu" });
  const y = withMemory([numbers(c.x, 1), zeros, bias], 36 * 5, ([x, filter, bias], y) =>
    winogradConvolve(wasm(), geometry, axes, { x, filter, y }, epilogue(bias)),
  );
  expect([...y]).toEqual(Array.from({ length: 180 }, (_, i) => Math.max(0, bias[i % 5])));
});
