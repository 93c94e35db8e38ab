import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { ImpalaConvBlock } from "../../src/layers/impala-conv-block.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract, frames } from "./block-contract.js";
import { countWeights, distance } from "./layer-helpers.js";

describe("ImpalaConvBlock", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new ImpalaConvBlock({ units: 3, batchNorm: false, seed: 1 }), [36, 37, 1], 3);

  it("has factors and shifts instead of biases with batch normalisation", () => {
    const [normal, plain] = [true, false].map(
      (batchNorm) => new ImpalaConvBlock({ units: 3, batchNorm, seed: 1 }),
    );
    normal.build([null, 36, 36, 1]);
    plain.build([null, 36, 36, 1]);
    expect(countWeights(normal) - countWeights(plain)).toBe(16 + 32 + 32);
    expect(normal.statistics.size).toBe(6);
    expect(plain.statistics.size).toBe(0);
    normal.dispose();
    plain.dispose();
  });

  it("normalises with the statistics of the batch in training, which the moving ones follow", () => {
    tf.tidy(() => {
      const layer = new ImpalaConvBlock({ units: 3, seed: 1 });
      const x = frames([3, 36, 36, 1]);
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
    const x = frames([1, 36, 36, 1]);
    const warm = new ImpalaConvBlock({ units: 3, seed: 1 });
    warm.forward(x, true).dispose();
    warm.dispose();
    const before = tf.memory().numTensors;
    const layer = new ImpalaConvBlock({ units: 3, seed: 1 });
    layer.forward(x, true).dispose();
    expect(tf.memory().numTensors - before).toBe(layer.variables.size + layer.statistics.size);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new ImpalaConvBlock({ units: 0 })).toThrow(InvalidArgumentError);
    expect(() => new ImpalaConvBlock({ batchnorm: true } as never)).toThrow(/batchNorm/);
    expect(() => new ImpalaConvBlock().build([null, 36, null, 1])).toThrow(ShapeError);
  });

  it("refuses pictures that are too small, with their size and the smallest that goes", () => {
    const layer = new ImpalaConvBlock({ seed: 0 });
    expect(() => layer.build([null, 20, 35, 3])).toThrow(
      "height and width of at least 36, received [, 20, 35, 3]",
    );
    layer.build([null, 36, 36, 3]);
    layer.dispose();
  });
});
