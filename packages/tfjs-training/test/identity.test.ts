import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../src/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

it("a clone shares memory and outlives its source", () => {
  const before = tf.engine().backend.numDataIds();
  const x = tf.tensor1d([1, 2, 3]);
  const clone = tf.clone(x);
  expect(tf.engine().backend.numDataIds()).toBe(before + 1);
  x.dispose();
  tf.fill([3], 9); // would reuse the memory if it had been freed
  expect(Array.from(clone.dataSync())).toEqual([1, 2, 3]);
  clone.dispose();
});

it("a variable's clone keeps the old value when the variable changes", () => {
  const variable = tf.variable(tf.tensor1d([1, 2]));
  const kept = tf.clone(variable);
  variable.assign(tf.tensor1d([5, 6]));
  expect(Array.from(kept.dataSync())).toEqual([1, 2]);
  expect(Array.from(variable.dataSync())).toEqual([5, 6]);
});

it("a reshaped, a cast and a moved clone keep their values", async () => {
  await useBackend("cpu");
  await useBackend("wasm");
  const x = tf.tensor1d([1, 2, 3, 4]);
  const clone = tf.clone(x);
  const reshaped = tf.reshape(clone, [2, 2]);
  const cast = tf.cast(clone, "int32");
  x.dispose();
  clone.dispose();
  await tf.setBackend("cpu");
  expect(Array.from(tf.add(reshaped, 1).dataSync())).toEqual([2, 3, 4, 5]);
  await tf.setBackend("wasm");
  expect(Array.from(tf.add(reshaped, 1).dataSync())).toEqual([2, 3, 4, 5]);
  expect(Array.from(cast.dataSync())).toEqual([1, 2, 3, 4]);
});

it("clones of strings", () => {
  const x = tf.tensor1d(["a", "bc"]);
  expect(Array.from(tf.clone(x).dataSync<"string">())).toEqual(["a", "bc"]);
});
