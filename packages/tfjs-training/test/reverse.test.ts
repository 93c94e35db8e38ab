import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { useBackend } from "../src/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

it("reverse works along every axis for booleans and numbers", () => {
  const flags = Array.from({ length: 24 }, (_, i) => (i * i) % 5 < 2);
  for (const shape of [[24], [4, 6], [2, 3, 4]]) {
    for (const axes of [0, shape.length - 1, -1, shape.map((_, axis) => axis)]) {
      const bools = tf.tensor(flags, shape, "bool");
      const numbers = tf.tensor(flags.map(Number), shape, "int32");
      const reversed = tf.reverse(bools, axes);
      expect(reversed.dtype).toBe("bool");
      expect(Array.from(reversed.dataSync())).toEqual(Array.from(tf.reverse(numbers, axes).dataSync()));
    }
  }
});
