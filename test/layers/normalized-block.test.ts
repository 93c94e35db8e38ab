import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { LayerShape } from "../../src/layers/block.js";
import { type BatchNorm, NormalizedBlock } from "../../src/layers/normalized-block.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { distance } from "./layer-helpers.js";

const [momentum, epsilon] = [0.9, 1e-3];

/** A batch normalisation and nothing else. */
class Normalized extends NormalizedBlock {
  static className = "NormalizedOfTests";
  private norm!: BatchNorm;

  constructor() {
    super({ seed: 1 }, "normalized");
  }

  protected override createVariables(inputShape: LayerShape): void {
    this.norm = this.addBatchNorm("bn/", inputShape.at(-1) as number, { momentum, epsilon });
  }

  override forward(x: tf.Tensor, training = false): tf.Tensor {
    this.ensureBuilt(x);
    return this.normalize(x, this.norm, training);
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return inputShape as LayerShape;
  }
}

const pictures = () => tf.randomNormal<tf.Rank.R4>([3, 2, 4, 2], 1, 2, "float32", 5);
const statistic = (block: Normalized, name: string) => block.statistics.get(`normalized/bn/moving_${name}`)!;

describe("NormalizedBlock", () => {
  beforeAll(() => useBackend("wasm"));

  it("begins as the identity, but for epsilon", () => {
    tf.tidy(() => {
      const block = new Normalized();
      const x = pictures();
      expect(distance(block.forward(x), tf.div(x, Math.sqrt(1 + epsilon)))).toBeLessThan(1e-6);
      expect([...block.variables.keys()]).toEqual(["normalized/bn/gamma", "normalized/bn/beta"]);
      block.dispose();
    });
  });

  it("normalises each channel over the batch in training, through call as well", () => {
    tf.tidy(() => {
      const block = new Normalized();
      const x = pictures();
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const expected = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
      expect(distance(block.forward(x, true), expected)).toBeLessThan(1e-5);
      expect(distance(block.call(x, { training: true }) as tf.Tensor, expected)).toBeLessThan(1e-5);
      block.dispose();
    });
  });

  it("lets the moving statistics follow, with the unbiased variance", () => {
    tf.tidy(() => {
      const block = new Normalized();
      const x = pictures();
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      block.forward(x, true);
      expect(distance(statistic(block, "mean"), tf.mul(mean, 1 - momentum))).toBeLessThan(1e-6);
      const unbiased = tf.mul(variance, 24 / 23);
      const followed = tf.add(momentum, tf.mul(unbiased, 1 - momentum));
      expect(distance(statistic(block, "variance"), followed)).toBeLessThan(1e-5);
      block.dispose();
    });
  });

  it("uses the moving statistics where it is frozen, and leaves them alone", () => {
    tf.tidy(() => {
      const block = new Normalized();
      const x = pictures();
      block.forward(x, true);
      block.trainable = false;
      const before = statistic(block, "mean").dataSync().slice();
      expect(distance(block.forward(x, true), block.forward(x))).toBe(0);
      expect(statistic(block, "mean").dataSync()).toEqual(before);
      block.dispose();
    });
  });

  it("has the gradient of finite differences through the statistics of the batch", () => {
    tf.tidy(() => {
      const block = new Normalized();
      const x = pictures();
      const weights = tf.randomNormal(x.shape, 0, 1, "float32", 6);
      const loss = (input: tf.Tensor) => tf.sum(tf.mul(weights, block.forward(input, true)));
      const gradient = tf.grad(loss)(x).dataSync();
      const values = [...x.dataSync()];
      for (const i of [0, 7, 20, 41]) {
        const at = (step: number) => {
          const moved = values.map((value, j) => (i === j ? value + step : value));
          return loss(tf.tensor4d(moved, x.shape)).dataSync()[0];
        };
        expect(Math.abs((at(0.02) - at(-0.02)) / 0.04 - gradient[i])).toBeLessThan(5e-3);
      }
      block.dispose();
    });
  });
});
