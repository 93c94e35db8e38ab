import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";
import { clipByGlobalNorm } from "../../src/optimizers/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const gradients = () => ({ a: tf.tensor2d([3, 0], [1, 2]), b: tf.scalar(4) });

it("scales by maxNorm / (norm + 1e-6) when the norm is larger", () => {
  const { gradients: clipped, norm } = clipByGlobalNorm(gradients(), { maxNorm: 1 });
  expect(norm.dataSync()[0]).toBeCloseTo(5, 6);
  expect(clipped.get("a")!.shape).toEqual([1, 2]);
  expect(clipped.get("a")!.dataSync()[0]).toBeCloseTo(3 / (5 + 1e-6), 6);
  expect(clipped.get("b")!.dataSync()[0]).toBeCloseTo(4 / (5 + 1e-6), 6);
});

it("scales tiny gradients with torch's epsilon", () => {
  const { gradients: clipped } = clipByGlobalNorm({ a: tf.scalar(1e-6) }, { maxNorm: 1e-7 });
  expect(clipped.get("a")!.dataSync()[0] / (1e-6 * (1e-7 / (1e-6 + 1e-6)))).toBeCloseTo(1, 5);
});

it("does not change gradients below the norm", () => {
  const { gradients: clipped } = clipByGlobalNorm(gradients(), { maxNorm: 6 });
  expect(Array.from(clipped.get("a")!.dataSync())).toEqual([3, 0]);
  expect(Array.from(clipped.get("b")!.dataSync())).toEqual([4]);
});

it("leaks no tensors", () => {
  const given = gradients();
  const before = tf.memory().numTensors;
  const { gradients: clipped, norm } = clipByGlobalNorm(given, { maxNorm: 1 });
  expect(tf.memory().numTensors).toBe(before + 3);
  tf.dispose([norm, ...clipped.values()]);
});

it("rejects a maximum of 0", () => {
  expect(() => clipByGlobalNorm(gradients(), { maxNorm: 0 })).toThrow(
    "maxNorm: expected a number above 0, received 0",
  );
});

it("computes the norm of three million weights to 1e-7", () => {
  const a = tf.randomUniform([3_000_000], -1, 1, "float32", 1);
  let squares = 0;
  for (const value of a.dataSync()) squares += value * value;
  const { norm } = clipByGlobalNorm({ a }, { maxNorm: 1 });
  expect(Math.abs(norm.dataSync()[0] / Math.sqrt(squares) - 1)).toBeLessThan(1e-7);
});
