import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import type { TypedArray } from "../../../src/core/state.js";
import { frameTensor } from "../../../src/trainers/common/frame-tensor.js";

describe("frameTensor", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it.each<[TypedArray, string]>([
    [Uint8Array.of(0, 255, 7, 1), "float32"],
    [Float32Array.of(0.5, -1, 2, 3), "float32"],
    [Float64Array.of(0.1, -1, 2, 3), "float32"],
    [Int32Array.of(-5, 2 ** 30 + 1, 0, 1), "int32"],
    [Uint32Array.of(5, 2 ** 30 + 1, 0, 1), "int32"],
  ])("keeps the values of %s", (values, dtype) => {
    const tensor = frameTensor(values, [2, 2]);
    expect([tensor.shape, tensor.dtype]).toEqual([[2, 2], dtype]);
    expect([...tensor.dataSync()]).toEqual([...values].map(dtype === "float32" ? Math.fround : Number));
    tensor.dispose();
  });
});
