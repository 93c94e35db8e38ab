import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { MLP } from "../../src/layers/mlp.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract } from "./block-contract.js";
import { countWeights, distance } from "./layer-helpers.js";

describe("MLP", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new MLP({ hiddenUnits: [5, 3], seed: 1 }), [4], 3);

  it("is tanh of affine maps, one after the other", () => {
    tf.tidy(() => {
      const mlp = new MLP({ hiddenUnits: [5, 3], seed: 1 });
      const x = tf.randomNormal([2, 4], 0, 1, "float32", 3);
      const actual = mlp.forward(x);
      let y = x as tf.Tensor;
      for (const i of [1, 2]) {
        const [kernel, bias] = ["kernel", "bias"].map((name) => mlp.variables.get(`mlp/dense${i}/${name}`)!);
        y = tf.tanh(tf.add(tf.matMul(y, kernel as tf.Tensor), bias));
      }
      expect(distance(actual, y)).toBeLessThan(1e-6);
      mlp.dispose();
    });
  });

  it("begins with orthogonal kernels of gain √2 and biases of zero", () => {
    tf.tidy(() => {
      const mlp = new MLP({ hiddenUnits: [3], seed: 1 });
      mlp.build([null, 5]);
      const kernel = mlp.variables.get("mlp/dense1/kernel") as tf.Tensor as tf.Tensor2D;
      expect(distance(tf.matMul(kernel, kernel, true), tf.mul(2, tf.eye(3)))).toBeLessThan(1e-5);
      expect(countWeights(mlp)).toBe(5 * 3 + 3);
      expect(distance(mlp.variables.get("mlp/dense1/bias")!, tf.zeros([3]))).toBe(0);
      mlp.dispose();
    });
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new MLP({ hiddenUnits: [0] })).toThrow("hiddenUnits: ");
    expect(() => new MLP({ activation: "swish" as "silu" })).toThrow("activation: ");
    expect(() => new MLP({ hiddenUnit: [4] } as never)).toThrow("did you mean hiddenUnits?");
    expect(() => new MLP({ hiddenUnits: [] })).toThrow(InvalidArgumentError);
    expect(() => new MLP().build([null, null])).toThrow(ShapeError);
  });
});
