import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../src/index.js";
import { floatTensor, readFloats } from "../src/wasm/memory/tensor-values.js";

describe.each(["wasm", "cpu"] as const)("on %s", (name) => {
  beforeAll(async () => {
    await useBackend(name);
  });

  it("floatTensor and readFloats copy floats and bytes, also from shared memory", () => {
    const shared = new Float32Array(new SharedArrayBuffer(40), 8, 6);
    shared.set([1, -2, 3.5, 4, 5, 1e-9]);
    const bytes = Uint8Array.of(0, 255, 7, 128, 1, 2);
    for (const values of [shared, bytes]) {
      const tensor = floatTensor(values, [2, 3]);
      expect(tensor.shape).toEqual([2, 3]);
      expect(tensor.dtype).toBe("float32");
      expect([...tensor.dataSync()]).toEqual([...values]);
      const doubled = tf.mul(tensor, 2);
      const target = new Float32Array(new SharedArrayBuffer(24));
      readFloats(doubled, target);
      expect([...target]).toEqual(Array.from(values, (value) => Math.fround(2 * value)));
      tf.dispose([tensor, doubled]);
    }
  });

  it("leak no memory", () => {
    const before = tf.memory();
    const tensor = floatTensor(new Float32Array(1000), [10, 100]);
    expect(tf.memory().numTensors).toBe(before.numTensors + 1);
    readFloats(tensor, new Float32Array(1000));
    tensor.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
    expect(floatTensor(new Float32Array(0), [0, 3]).shape).toEqual([0, 3]);
  });

  it("reject a wrong number of values", () => {
    expect(() => floatTensor(new Float32Array(5), [2, 3])).toThrow();
    expect(() => floatTensor(new Uint8Array(7), [2, 3])).toThrow();
  });
});
