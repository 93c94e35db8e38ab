import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../src/index.js";

beforeAll(async () => {
  await useBackend("cpu");
  await useBackend("wasm");
});

const x = [
  [1, -2, 3],
  [4, 5, -6],
];
const weights = [
  [1, 10, 100],
  [1000, 10000, 100000],
];

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  // The weighted sum of selected elements; its gradient is the weight where an operand is selected.
  const gradientsOf = async (operation: typeof tf.maximum, a: tf.TensorLike, b: tf.TensorLike) => {
    await tf.setBackend(backend);
    return tf.tidy(() => {
      const f = (...[p, q]: tf.Tensor[]) => tf.sum(tf.mul(operation(p, q), weights)) as tf.Scalar;
      return tf
        .grads(f)([tf.tensor(a), tf.tensor(b)])
        .map((gradient) => gradient.arraySync());
    });
  };

  it("maximum with a row", async () => {
    const [dx, dRow] = await gradientsOf(tf.maximum, x, [2, -2, 0]);
    expect(dx).toEqual([
      [0, 10, 100],
      [1000, 10000, 0],
    ]);
    expect(dRow).toEqual([1, 0, 100000]);
  });

  it("minimum with a column, as first operand", async () => {
    const [dColumn, dx] = await gradientsOf(tf.minimum, [[1], [4.5]], x);
    expect(dColumn).toEqual([[101], [10000]]);
    expect(dx).toEqual([
      [0, 10, 0],
      [1000, 0, 100000],
    ]);
  });

  it("maximum with a number, as in relu", async () => {
    const [dx, dNumber] = await gradientsOf(tf.maximum, x, 0);
    expect(dx).toEqual([
      [1, 0, 100],
      [1000, 10000, 0],
    ]);
    expect(dNumber).toBe(100010);
  });

  it("leaks no tensors", async () => {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    await gradientsOf(tf.maximum, x, [2, -2, 0]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
