import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { getParameters } from "../../../src/trainers/common/model-parameters.js";

describe("getParameters", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it("copies all weights by name, flat in row order, and leaves no tensors", async () => {
    const kernel = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    const bias = tf.variable(tf.tensor1d([5]));
    const before = tf.memory().numTensors;
    const parameters = await getParameters(
      new Map<string, tf.Variable>([
        ["kernel", kernel],
        ["bias", bias],
      ]),
    );
    expect(parameters).toEqual({ kernel: Float32Array.of(1, 2, 3, 4), bias: Float32Array.of(5) });
    parameters.kernel[0] = 9;
    expect(kernel.dataSync()[0]).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([kernel, bias]);
  });
});
