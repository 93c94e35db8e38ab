import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { clamp, minus, plus, type ScalarLike } from "../../src/losses/clamp.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(() => useBackend("wasm"));

describe("clamp", () => {
  it.each<[string, (bound: number) => ScalarLike]>([
    ["numbers", (bound) => bound],
    ["scalars", (bound) => tf.scalar(bound)],
  ])("clips at bounds that are %s, without gradient outside, and leaves only its result", (_, make) => {
    const x = tf.tensor1d([-2, 0.25, 3]);
    const [low, high] = [make(-1), make(1)];
    const before = tf.memory().numTensors;
    const clipped = clamp(x, low, high);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect([...clipped.dataSync()]).toEqual([-1, 0.25, 1]);
    const gradient = tf.tidy(() => tf.grad((each) => tf.sum(clamp(each, low, high)))(x));
    expect([...gradient.dataSync()]).toEqual([0, 1, 0]);
    tf.dispose([x, clipped, gradient]);
  });
});

it("plus and minus stay numbers for numbers, and give scalars for scalars", () => {
  expect([plus(1, 0.5), minus(1, 0.25)]).toEqual([1.5, 0.75]);
  tf.tidy(() => {
    const values = [plus(1, tf.scalar(0.5)), minus(1, tf.scalar(0.25))] as tf.Scalar[];
    expect(values.map((each) => each.dataSync()[0])).toEqual([1.5, 0.75]);
  });
});
