import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { installWasmRepairs, removeWasmRepairs, useBackend, wasmRepairNames } from "../../src/index.js";
import { expectNoLeak, heapBytes, numbers, relativeError } from "../compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});
afterEach(async () => {
  await tf.setBackend("wasm");
});

const forward = { gradients: false };

it("the wasm backend has every kernel of the cpu backend", () => {
  const missing = tf
    .getKernelsForBackend("cpu")
    .map(({ kernelName }) => kernelName)
    .filter((name) => !tf.getKernel(name, "wasm"));
  expect(missing).toEqual([]);
});

it("delegated kernels can be removed and restored", () => {
  const add = tf.getKernel("Add", "wasm");
  const removed = removeWasmRepairs();
  expect(removed).toEqual(wasmRepairNames);
  for (const name of ["Complex", "Einsum", "StaticRegexReplace"]) {
    expect(tf.getKernel(name, "wasm")).toBeUndefined();
  }
  expect(tf.getKernel("Add", "wasm")).not.toBe(add);
  expect(installWasmRepairs()).toEqual(wasmRepairNames);
  expect(tf.getKernel("Einsum", "wasm")).toBeDefined();
  expect(removeWasmRepairs(["FFT"])).toEqual(["FFT"]);
  expect(removeWasmRepairs(["FFT"])).toEqual([]);
  expect(installWasmRepairs({ kernels: ["FFT"] })).toEqual(["FFT"]);
});

describe("complex numbers", () => {
  const product = (a: tf.Tensor, b: tf.Tensor) => {
    const [z, w] = [tf.complex(a, b), tf.complex(b, a)];
    return tf.imag(tf.mul(z, tf.add(w, tf.transpose(z))));
  };

  it("are computed as on cpu", async () => {
    const results: Float32Array[] = [];
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      const inputs = [1, 2].map((seed) => tf.tensor(numbers([3, 3], seed), [3, 3]));
      results.push(product(inputs[0], inputs[1]).dataSync<"float32">());
    }
    expect(relativeError(results[1], results[0])).toBeLessThan(1e-6);
  });

  it("are read in pairs, after copies and reshapes too", async () => {
    const z = tf.complex([1, 2], [3, 4]);
    const copy = tf.reshape(z.clone(), [2, 1]);
    z.dispose();
    expect(Array.from(copy.dataSync())).toEqual([1, 3, 2, 4]);
    expect(Array.from(await copy.data())).toEqual([1, 3, 2, 4]);
    expect(Array.from(tf.abs(tf.complex([3], [4])).dataSync())).toEqual([5]);
  });

  it("of a Fourier transform equal the definition, and the inverse restores the signal", () => {
    const signal = numbers([2, 12], 5);
    const x = tf.tensor(signal, [2, 12]);
    const [real, imaginary] = [tf.real(tf.spectral.rfft(x)), tf.imag(tf.spectral.rfft(x))];
    expect(real.shape).toEqual([2, 7]);
    for (let row = 0; row < 2; row++) {
      for (let k = 0; k < 7; k++) {
        let [re, im] = [0, 0];
        for (let t = 0; t < 12; t++) {
          re += signal[row * 12 + t] * Math.cos((2 * Math.PI * k * t) / 12);
          im -= signal[row * 12 + t] * Math.sin((2 * Math.PI * k * t) / 12);
        }
        expect(real.dataSync()[row * 7 + k]).toBeCloseTo(re, 4);
        expect(imaginary.dataSync()[row * 7 + k]).toBeCloseTo(im, 4);
      }
    }
    const back = tf.spectral.irfft(tf.spectral.rfft(x));
    expect(relativeError(back.dataSync<"float32">(), signal)).toBeLessThan(1e-5);
  });

  it.each<[string, (z: tf.Tensor) => tf.Tensor]>([
    ["exp", tf.exp],
    ["sum", (z) => tf.sum(z)],
    ["relu", tf.relu],
    ["maximum", (z) => tf.maximum(z, z)],
  ])("are rejected by %s, which does not support them", (_, f) => {
    expect(() => f(tf.complex([1, 2], [3, 4]))).toThrow(/complex/);
  });

  it("leak no memory", async () => {
    await expectNoLeak(
      [
        [3, 3],
        [3, 3],
      ],
      product,
      forward,
    );
    await expectNoLeak([[4, 6]], (x) => tf.spectral.irfft(tf.spectral.rfft(x)), forward);
  });
});

describe("einsum", () => {
  it("is a product of matrices in batches", async () => {
    const [a, b] = [tf.tensor(numbers([3, 4, 5], 1), [3, 4, 5]), tf.tensor(numbers([3, 6, 5], 2), [3, 6, 5])];
    const expected = tf.matMul(a, b, false, true).dataSync<"float32">();
    const received = tf.einsum("bij,bkj->bik", a, b);
    expect(received.shape).toEqual([3, 4, 6]);
    expect(relativeError(received.dataSync<"float32">(), expected)).toBeLessThan(1e-6);
  });

  it("leaks no memory, even when it throws", async () => {
    await expectNoLeak(
      [
        [3, 4],
        [4, 2],
      ],
      (a, b) => tf.einsum("ij,jk->ik", a, b),
      forward,
    );
    const [a, b] = [tf.ones([2, 3]), tf.ones([2, 3])];
    const before = { ...tf.memory(), heap: heapBytes(), ids: tf.engine().backend.numDataIds() };
    for (let i = 0; i < 50; i++) expect(() => tf.einsum("ij,jk->ik", a, b)).toThrow("dimension");
    expect({ ...tf.memory(), heap: heapBytes(), ids: tf.engine().backend.numDataIds() }).toEqual(before);
  });
});

describe("strings", () => {
  const words = () =>
    tf.tensor2d(
      [
        ["a", "bc"],
        ["d", "ä€"],
      ],
      [2, 2],
      "string",
    );

  it("are concatenated, tiled and sliced", () => {
    const x = words();
    expect(tf.concat([x, x], 1).arraySync()).toEqual([
      ["a", "bc", "a", "bc"],
      ["d", "ä€", "d", "ä€"],
    ]);
    expect(tf.tile(x, [1, 2]).dataSync()).toEqual(["a", "bc", "a", "bc", "d", "ä€", "d", "ä€"]);
    expect(tf.slice(x, [0, 1], [2, 1]).dataSync()).toEqual(["bc", "ä€"]);
    expect(tf.unstack(x)[1].dataSync()).toEqual(["d", "ä€"]);
    expect(tf.fill([2], "x").dataSync()).toEqual(["x", "x"]);
  });

  it("are compared and replaced", () => {
    const x = words();
    expect(Array.from(tf.equal(x, tf.tensor(["a", "ä€"])).dataSync())).toEqual([1, 0, 0, 1]);
    expect(tf.string.staticRegexReplace(x, "[a-c]", "_").dataSync()).toEqual(["_", "__", "d", "ä€"]);
  });

  it("leak no memory", () => {
    const before = { ...tf.memory(), ids: tf.engine().backend.numDataIds() };
    for (let i = 0; i < 20; i++) tf.tidy(() => tf.equal(tf.tile(words(), [2, 1]), "a")).dispose();
    expect({ ...tf.memory(), ids: tf.engine().backend.numDataIds() }).toEqual(before);
  });
});

it("a ragged tensor becomes a dense one", () => {
  const [values, splits] = [tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([0, 3, 3, 4], "int32")];
  const dense = tf.raggedTensorToTensor([3, 3], values, 0, [splits], ["ROW_SPLITS"]);
  expect(dense.arraySync()).toEqual([
    [1, 2, 3],
    [0, 0, 0],
    [4, 0, 0],
  ]);
});

it("products of integers are correct", () => {
  const [a, b] = [tf.tensor2d([1, 2, 3, 4], [2, 2], "int32"), tf.tensor2d([1, 0, 1, 1], [2, 2], "int32")];
  const product = tf.matMul(a, b);
  expect([product.dtype, ...product.dataSync()]).toEqual(["int32", 3, 2, 7, 4]);
});

it("dilations of negative numbers are correct, with gradients", () => {
  const x = tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1]);
  const filter = tf.zeros<tf.Rank.R3>([2, 2, 1]);
  const dilate = (image: tf.Tensor) => tf.dilation2d(image as tf.Tensor4D, filter, 1, "valid");
  expect(Array.from(dilate(x).dataSync())).toEqual([-1]);
  expect(Array.from(tf.grad(dilate)(x).dataSync())).toEqual([1, 0, 0, 0]);
});

it("says what to import if the cpu backend is missing", () => {
  const factory = tf.findBackendFactory("cpu") as () => tf.KernelBackend;
  tf.removeBackend("cpu");
  try {
    expect(() => tf.complex([1], [2])).toThrow(
      expect.objectContaining({
        code: "BACKEND",
        message: expect.stringContaining('import "@tensorflow/tfjs-backend-cpu"'),
      }),
    );
  } finally {
    tf.registerBackend("cpu", factory);
  }
});
