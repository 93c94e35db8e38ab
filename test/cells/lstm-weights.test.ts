import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { createLstmWeights } from "../../src/cells/lstm-weights.js";
import { OwnWeights } from "../../src/cells/own-weights.js";
import { Random } from "../../src/core/random.js";

describe("createLstmWeights", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it("makes kernels for four gates side by side, the recurrent one orthogonal", () => {
    const own = new OwnWeights(new Random(1));
    const { kernel, recurrentKernel, bias } = createLstmWeights("torch", 3, 5, own.create);
    expect([kernel.shape, recurrentKernel.shape, bias.shape]).toEqual([[3, 20], [5, 20], [20]]);
    tf.tidy(() => {
      const rows = tf.matMul(recurrentKernel, recurrentKernel, false, true);
      expect(tf.max(tf.abs(tf.sub(rows, tf.eye(5)))).dataSync()[0]).toBeLessThan(1e-5);
    });
    expect([...own.variables.keys()]).toEqual(["lstm/kernel", "lstm/recurrent_kernel", "lstm/bias"]);
    own.dispose();
  });

  it("has biases within 0.1 in the torch flavour, zeros in the tf flavour", () => {
    const largest = (flavour: "torch" | "tf") => {
      const own = new OwnWeights(new Random(1));
      const bias = createLstmWeights(flavour, 3, 50, own.create).bias.dataSync().map(Math.abs);
      own.dispose();
      return Math.max(...bias);
    };
    expect(largest("torch")).toBeGreaterThan(0.09);
    expect(largest("torch")).toBeLessThanOrEqual(0.1);
    expect(largest("tf")).toBe(0);
  });

  it("refuses inputs without a size", () => {
    const own = new OwnWeights(new Random(1));
    expect(() => createLstmWeights("tf", 0, 5, own.create)).toThrow(/inputSize/);
  });
});
