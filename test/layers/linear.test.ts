import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { Linear } from "../../src/layers/linear.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract } from "./block-contract.js";
import { countWeights, distance } from "./layer-helpers.js";

describe("Linear", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new Linear({ units: 3, activation: "relu", seed: 1 }), [4], 3);

  it("is x W + b", () => {
    tf.tidy(() => {
      const linear = new Linear({ units: 2, kernelInitializer: "torchUniform", seed: 1 });
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
      ]);
      const actual = linear.forward(x);
      const [kernel, bias] = [...linear.variables.values()];
      expect(distance(actual, tf.add(tf.matMul(x, kernel as tf.Tensor as tf.Tensor2D), bias))).toBeLessThan(
        1e-6,
      );
      expect(countWeights(linear)).toBe(6);
      linear.dispose();
    });
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new Linear({ units: 2 }).build([null, null])).toThrow(ShapeError);
    expect(() => new Linear({ units: 1.5 })).toThrow(InvalidArgumentError);
    expect(() => new Linear({ units: 4, kernel_initializer: "zeros" } as never)).toThrow(/kernelInitializer/);
  });
});
