import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { TorchConvBlock } from "../../src/layers/torch-conv-block.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract, frames } from "./block-contract.js";
import { countWeights, distance } from "./layer-helpers.js";

describe("TorchConvBlock", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new TorchConvBlock({ filters: [3], seed: 1 }), [8, 9, 2], 3);

  it("has the size of the guide's, with every second convolution normalised", () => {
    const block = new TorchConvBlock({ seed: 0 });
    block.build([null, 84, 84, 4]);
    const convolutions = [4, 64, 128, 128].map((inputs, i) => (25 * inputs + 1) * [64, 128, 128, 256][i]);
    expect(countWeights(block)).toBe(convolutions.reduce((sum, count) => sum + count, 0) + 2 * (128 + 256));
    expect([...block.statistics.keys()]).toEqual(
      [2, 4].flatMap((i) => ["mean", "variance"].map((name) => `torch_conv_block/bn${i}/moving_${name}`)),
    );
    block.dispose();
  });

  it("pads by two pixels and halves the picture, as torch's Conv2d(5, stride 2, padding 2) does", () => {
    tf.tidy(() => {
      const x = frames([2, 7, 8, 1]);
      const block = new TorchConvBlock({ filters: [2], seed: 1 });
      const actual = block.forward(x);
      const [kernel, bias] = [...block.variables.values()] as tf.Tensor[];
      const padded = tf.pad(tf.div(tf.cast(x, "float32"), 255), [
        [0, 0],
        [2, 2],
        [2, 2],
        [0, 0],
      ]);
      const y = tf.relu(tf.add(tf.conv2d(padded as tf.Tensor4D, kernel as tf.Tensor4D, 2, "valid"), bias));
      expect(y.shape).toEqual([2, 4, 4, 2]);
      expect(distance(actual, tf.mean(y, [1, 2]))).toBeLessThan(1e-6);
      block.dispose();
    });
  });

  it("normalises with the statistics of the batch in training, which the moving ones follow", () => {
    tf.tidy(() => {
      const layer = new TorchConvBlock({ filters: [2, 3], seed: 1 });
      const x = frames([3, 8, 8, 1]);
      layer.forward(x);
      const before = [...layer.statistics.values()].map((value) => value.dataSync().slice());
      const [still, trained] = [layer.forward(x), layer.forward(x, true)];
      expect(distance(still, trained)).toBeGreaterThan(1e-4);
      const after = [...layer.statistics.values()].map((value) => value.dataSync().slice());
      expect(after).not.toEqual(before);
      expect([...layer.variables.keys()].some((name) => name.includes("moving"))).toBe(false);
      layer.dispose();
    });
  });

  it("frees its statistics with its weights", () => {
    const x = frames([1, 8, 8, 1]);
    const warm = new TorchConvBlock({ filters: [2, 3], seed: 1 });
    warm.forward(x, true).dispose();
    warm.dispose();
    const before = tf.memory().numTensors;
    const layer = new TorchConvBlock({ filters: [2, 3], seed: 1 });
    layer.forward(x, true).dispose();
    expect(tf.memory().numTensors - before).toBe(layer.variables.size + layer.statistics.size);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new TorchConvBlock({ filters: [] })).toThrow(InvalidArgumentError);
    expect(() => new TorchConvBlock({ filter: [3] } as never)).toThrow(/filters/);
    expect(() => new TorchConvBlock().build([null, 36, null, 1])).toThrow(ShapeError);
  });
});
