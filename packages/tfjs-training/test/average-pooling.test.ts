import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectAgreement, expectNoLeak, numbers } from "./compare.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

type Mode = "ceil" | "round" | "floor" | undefined;
type Pair = number | [number, number];

// Pooling is linear: <pool(x), w> = <x, gradient>.
function expectAdjoint(shape: number[], pool: (x: tf.Tensor) => tf.Tensor): void {
  tf.tidy(() => {
    const x = tf.tensor(numbers(shape, 1), shape);
    const y = pool(x);
    const weights = tf.tensor(numbers(y.shape, 2), y.shape);
    const gradient = tf.grad((z: tf.Tensor) => tf.sum(tf.mul(pool(z), weights)))(x);
    const [back, forth] = [tf.mul(gradient, x), tf.mul(y, weights)].map((t) => tf.sum(t).dataSync()[0]);
    expect(Math.abs(back - forth)).toBeLessThan(1e-4);
  });
}

describe("average pooling", () => {
  it.each<[number[], Pair, Pair, "valid" | "same" | number, Mode]>([
    [[2, 3, 7, 8], 4, 4, 0, "round"],
    [[2, 9, 9, 5], 2, 2, 0, "ceil"],
    [[2, 8, 8, 5], 3, 2, "same", undefined],
    [[1, 9, 7, 17], [2, 3], [3, 1], 1, "floor"],
    [[1, 7, 8, 3], 3, 2, 1, "round"],
    [[2, 8, 6, 4], 2, 2, "valid", undefined],
  ])("of %j, size %j, strides %j, pad %j, %s", async (shape, size, strides, pad, mode) => {
    const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, size, strides, pad, mode);
    await expectAgreement([shape], pool);
    await expectNoLeak([shape], pool);
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      expectAdjoint(shape, pool);
    }
  });

  it.each<[Mode, "same" | number]>([
    [undefined, "same"],
    ["ceil", 1],
  ])("of volumes, %s, pad %j", async (mode, pad) => {
    const shape = [2, 4, 5, 6, 3];
    const pool = (x: tf.Tensor) => tf.avgPool3d(x as tf.Tensor5D, 3, 2, pad, mode);
    await expectAgreement([shape], pool);
    for (const backend of ["cpu", "wasm"]) {
      await tf.setBackend(backend);
      expectAdjoint(shape, pool);
    }
  });

  it("propagates NaN", async () => {
    await tf.setBackend("wasm");
    const means = tf.tidy(() => tf.avgPool(tf.fill([1, 4, 4, 5], Number.NaN) as tf.Tensor4D, 4, 4, "same"));
    expect(means.dataSync().every(Number.isNaN)).toBe(true);
    means.dispose();
  });
});
