import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { NatureCNN } from "../../src/layers/nature-cnn.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { blockContract } from "./block-contract.js";
import { countWeights } from "./layer-helpers.js";

describe("NatureCNN", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  blockContract(() => new NatureCNN({ units: 6, seed: 1 }), [36, 36, 1], 6);

  it("has the size of the paper's", () => {
    const nature = new NatureCNN({ kernelInitializer: "torchUniform", seed: 0 });
    nature.build([null, 84, 84, 4]);
    expect(countWeights(nature)).toBe(1_686_693 - 2565); // without the two heads
    expect([...nature.variables.keys()].slice(-2)).toEqual([
      "nature_cnn/dense/kernel",
      "nature_cnn/dense/bias",
    ]);
    expect(nature.variables.get("nature_cnn/dense/kernel")!.shape).toEqual([3136, 512]);
    nature.dispose();
  });

  it("starts as its initializer says", () => {
    const torch = new NatureCNN({ kernelInitializer: "torchUniform", units: 4, seed: 0 });
    torch.build([null, 36, 36, 4]);
    const bias = Math.max(...torch.variables.get("nature_cnn/conv1/bias")!.dataSync().map(Math.abs));
    expect(bias).toBeLessThanOrEqual(1 / 16);
    expect(bias).toBeGreaterThan(1 / 20);
    torch.dispose();
    const zeros = new NatureCNN({ units: 4, seed: 0 });
    zeros.build([null, 36, 36, 4]);
    expect(Math.max(...zeros.variables.get("nature_cnn/conv1/bias")!.dataSync())).toBe(0);
    const kernel = zeros.variables.get("nature_cnn/dense/kernel")!.dataSync<"float32">();
    const norm = kernel.filter((_, i) => i % 4 === 0).reduce((sum, value) => sum + value * value, 0);
    expect(norm).toBeCloseTo(2, 4);
    zeros.dispose();
  });

  it("names the option or shape that is wrong", () => {
    expect(() => new NatureCNN().build([84, 84, 4])).toThrow("inputShape: expected");
    expect(() => new NatureCNN().build([null, 20, 20, 4])).toThrow(ShapeError);
    expect(() => new NatureCNN({ convolution: [] } as never)).toThrow(/convolutions/);
    expect(() => new NatureCNN({ units: 0 })).toThrow(InvalidArgumentError);
  });

  it("refuses pictures that are too small, with their size and the smallest that goes", () => {
    const layer = new NatureCNN({ seed: 0 });
    expect(() => layer.build([null, 20, 35, 3])).toThrow(
      "height and width of at least 36, received [, 20, 35, 3]",
    );
    layer.build([null, 36, 36, 3]);
    layer.dispose();
  });
});
