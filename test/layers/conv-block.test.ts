import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { ConvBlock } from "../../src/layers/conv-block.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract, frames } from "./block-contract.js";
import { countWeights, distance } from "./layer-helpers.js";

describe("ConvBlock", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new ConvBlock({ filters: [3, 4], seed: 1 }), [12, 10, 2], 4);

  it("has the size of the guide's", () => {
    const conv = new ConvBlock({ seed: 0 });
    conv.build([null, 84, 84, 4]);
    expect(countWeights(conv)).toBe(1_440_576);
    expect(conv.computeOutputShape([null, 84, 84, 4])).toEqual([null, 256]);
    conv.dispose();
  });

  it("divides bytes by 255 exactly once", () => {
    tf.tidy(() => {
      const x = frames([1, 12, 12, 1]);
      const block = new ConvBlock({ filters: [3], seed: 1 });
      const plain = new ConvBlock({ filters: [3], scale: 1, seed: 1 });
      expect(distance(block.forward(x), plain.forward(tf.div(x, 255)))).toBeLessThan(1e-6);
      block.dispose();
      plain.dispose();
    });
  });

  it("equals the same layers of tfjs", () => {
    tf.tidy(() => {
      const x = frames([2, 21, 18, 3]);
      const block = new ConvBlock({ filters: [4, 5], seed: 1 });
      const actual = block.forward(x);
      let y = tf.div(tf.cast(x, "float32"), 255);
      for (const i of [1, 2]) {
        const kernel = block.variables.get(`conv_block/conv${i}/kernel`) as tf.Tensor4D;
        y = tf.relu(
          tf.add(
            tf.conv2d(y as tf.Tensor4D, kernel, 2, "same"),
            block.variables.get(`conv_block/conv${i}/bias`)!,
          ),
        );
      }
      expect(distance(actual, tf.mean(y, [1, 2]))).toBeLessThan(1e-6);
      block.dispose();
    });
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new ConvBlock({ filters: [] })).toThrow("filters: ");
    expect(() => new ConvBlock({ padding: "full" as "same" })).toThrow(InvalidArgumentError);
    expect(() => new ConvBlock({ kernelInitializer: "he" as "heNormal" })).toThrow("kernelInitializer: ");
    expect(() => new ConvBlock({ kernelsize: 3 } as never)).toThrow(/kernelSize/);
    expect(() => new ConvBlock().build([null, null, 84, 4])).toThrow(ShapeError);
    expect(() => new ConvBlock({ filters: [2, 2], padding: "valid" }).build([null, 6, 6, 1])).toThrow(
      ShapeError,
    );
  });

  it("refuses pictures that are too small, with their size and the smallest that goes", () => {
    const layer = new ConvBlock({ padding: "valid", seed: 0 });
    expect(() => layer.build([null, 20, 60, 3])).toThrow(
      "height and width of at least 61, received [, 20, 60, 3]",
    );
    layer.build([null, 61, 61, 3]);
    layer.dispose();
  });
});
