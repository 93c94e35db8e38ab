import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { ConvStack } from "../../src/layers/conv-stack.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract, frames } from "./block-contract.js";
import { countWeights, distance } from "./layer-helpers.js";

const convolutions = [
  { filters: 2, size: 4, strides: 2 },
  { filters: 8, size: 2, strides: 1 },
];

describe("ConvStack", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new ConvStack({ convolutions, seed: 1 }), [8, 6, 2], 2 * 1 * 8);

  it("equals the same convolutions of tfjs, flat", () => {
    tf.tidy(() => {
      const x = frames([2, 8, 6, 2]);
      const stack = new ConvStack({ convolutions, seed: 1 });
      const actual = stack.forward(x);
      let y = tf.div(tf.cast(x, "float32"), 255);
      convolutions.forEach(({ strides }, i) => {
        const [kernel, bias] = ["kernel", "bias"].map(
          (name) => stack.variables.get(`conv_stack/conv${i + 1}/${name}`)!,
        );
        y = tf.relu(
          tf.add(tf.conv2d(y as tf.Tensor4D, kernel as tf.Tensor as tf.Tensor4D, strides, "valid"), bias),
        );
      });
      expect(distance(actual, tf.reshape(y, [2, -1]))).toBeLessThan(1e-6);
      expect(countWeights(stack)).toBe(4 * 4 * 2 * 2 + 2 + 2 * 2 * 2 * 8 + 8);
      stack.dispose();
    });
  });

  it("passes pictures on, flat and scaled by nothing, without convolutions", () => {
    tf.tidy(() => {
      const x = frames([2, 3, 4, 1]);
      const none = new ConvStack({ convolutions: [] });
      expect(distance(none.forward(x), tf.cast(tf.reshape(x, [2, 12]), "float32"))).toBe(0);
      expect(none.computeOutputShape([null, 3, 4, 1])).toEqual([null, 12]);
      none.dispose();
    });
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new ConvStack({ convolutions: [{ filters: 0, size: 1, strides: 1 }] })).toThrow(
      InvalidArgumentError,
    );
    expect(() => new ConvStack({ convolutions }).build([null, 3, 6, 1])).toThrow(ShapeError);
  });

  it("refuses pictures that are too small, with their size and the smallest that goes", () => {
    const layer = new ConvStack({ convolutions: [{ filters: 4, size: 8, strides: 4 }], seed: 0 });
    expect(() => layer.build([null, 20, 7, 3])).toThrow(
      "height and width of at least 8, received [, 20, 7, 3]",
    );
    layer.build([null, 8, 8, 3]);
    layer.dispose();
  });
});
