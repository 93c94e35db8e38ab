import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { registerComparisonGradients, useBackend } from "../src/index.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  it.each([
    ["greater", tf.greater],
    ["greaterEqual", tf.greaterEqual],
    ["less", tf.less],
    ["lessEqual", tf.lessEqual],
    ["equal", tf.equal],
    ["notEqual", tf.notEqual],
  ] as const)("where(%s(x, y), a x, b x) has the gradient of the selected branch", async (_, compare) => {
    await tf.setBackend(backend);
    const x = tf.tensor2d([-2, -1, 0, 1, 2, 3], [2, 3]);
    const y = tf.tensor1d([0, -1, 1]); // broadcast
    const f = (z: tf.Tensor) => tf.sum(tf.where(compare(z, y), tf.mul(z, 3), tf.mul(z, 5))) as tf.Scalar;
    const expected = Array.from(compare(x, y).dataSync(), (chosen) => (chosen ? 3 : 5));
    expect(Array.from(tf.grad(f)(x).dataSync())).toEqual(expected);
  });

  it("supports comparisons of integers on the tape", async () => {
    await tf.setBackend(backend);
    const ids = tf.tensor1d([0, 1, 2], "int32");
    const f = (x: tf.Tensor) =>
      tf.sum(tf.mul(x, tf.cast(tf.greaterEqual(ids, tf.scalar(1, "int32")), "float32")));
    expect(
      Array.from(
        tf
          .grad(f)(tf.tensor1d([1, 1, 1]))
          .dataSync(),
      ),
    ).toEqual([0, 1, 1]);
  });
});

it("registers only once", () => {
  registerComparisonGradients();
  const first = tf.getGradient("Greater");
  registerComparisonGradients();
  expect(tf.getGradient("Greater")).toBe(first);
});
