import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { expectNeighboursUntouched } from "./neighbours.js";

beforeAll(async () => {
  await useBackend("wasm");
});

it("oneHot writes float rows, also with custom values, and ignores indices out of range", () => {
  const indices = tf.tensor2d(
    [
      [0, 2],
      [1, -1],
    ],
    [2, 2],
    "int32",
  );
  expect(Array.from(tf.oneHot(indices, 3, 1, 0, "float32").dataSync())).toEqual([
    1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0,
  ]);
  expect(Array.from(tf.oneHot(indices, 2, 5, -1, "float32").dataSync())).toEqual([
    5, -1, -1, -1, -1, 5, -1, -1,
  ]);
  expect(Array.from(tf.oneHot(indices, 2).dataSync())).toEqual([1, 0, 0, 0, 0, 1, 0, 0]);
});

it("oneHot of booleans, which take one byte, does not write to other memory", async () => {
  const flags = () => tf.oneHot(tf.tensor1d([0, 2], "int32"), 3, 1, 0, "bool");
  expect(Array.from(flags().dataSync())).toEqual([1, 0, 0, 0, 0, 1]);
  await expectNeighboursUntouched(flags);
});
