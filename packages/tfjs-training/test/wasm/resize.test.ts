import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

describe("resized integer images", () => {
  it.each<[boolean, boolean]>([
    [false, false],
    [true, false],
    [false, true],
  ])("keep type and values: alignCorners %s, halfPixelCenters %s", async (corners, centers) => {
    const values = Array.from({ length: 2 * 5 * 3 * 2 }, (_, i) => 2 ** 30 + i); // beyond the precision of floats
    for (const size of [
      [9, 7],
      [2, 2],
      [1, 4],
    ] as [number, number][]) {
      const results = [];
      for (const backend of ["cpu", "wasm"]) {
        await tf.setBackend(backend);
        const before = { tensors: tf.memory().numTensors, data: tf.engine().backend.numDataIds() };
        const images = tf.tensor4d(values, [2, 5, 3, 2], "int32");
        const resized = tf.image.resizeNearestNeighbor(images, size, corners, centers);
        results.push({ dtype: resized.dtype, shape: resized.shape, numbers: await resized.array() });
        tf.dispose([images, resized]);
        expect({ tensors: tf.memory().numTensors, data: tf.engine().backend.numDataIds() }).toEqual(before);
      }
      // The cpu backend stores its numbers as floats.
      const [cpu, wasm] = results;
      expect([wasm.dtype, wasm.shape]).toEqual([cpu.dtype, cpu.shape]);
      expect(tf.util.flatten(wasm.numbers).map((v) => Math.fround(v as number))).toEqual(
        tf.util.flatten(cpu.numbers),
      );
      expect(tf.util.flatten(wasm.numbers).every((v) => values.includes(v as number))).toBe(true);
    }
  });

  it("leak no memory for an empty batch", async () => {
    await tf.setBackend("wasm");
    const { backend } = tf.engine();
    const before = backend.numDataIds();
    for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
      const images = tf.tensor4d([], [0, 3, 2, 1], "int32");
      const resized = resize(images, [4, 5]);
      expect(resized.shape).toEqual([0, 4, 5, 1]);
      tf.dispose([images, resized]);
    }
    expect(backend.numDataIds()).toBe(before);
  });
});
