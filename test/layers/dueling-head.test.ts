import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { ConvStack } from "../../src/layers/conv-stack.js";
import { DuelingHead, duelingCombine } from "../../src/layers/dueling-head.js";
import { useBackend } from "../../src/recurrent/use-backend.js";

beforeAll(async () => {
  await useBackend("wasm");
  // The factor of the pixels is created once and kept.
  const stack = new ConvStack({ convolutions: [{ filters: 1, size: 1, strides: 1 }] });
  tf.tidy(() => {
    stack.forward(tf.zeros([1, 1, 1, 1]));
  });
  stack.dispose();
});

let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

const random = new Random(1);
const features = () =>
  tf.tensor2d(
    Float32Array.from({ length: 4 * 10 }, () => random.normal()),
    [4, 10],
  );

describe("DuelingHead", () => {
  it("combines value and advantages row by row", () => {
    tf.tidy(() => {
      const q = duelingCombine(
        tf.tensor2d([[10], [20]]),
        tf.tensor2d([
          [1, 2, 6],
          [0, 0, 3],
        ]),
      );
      expect([...q.dataSync()]).toEqual([8, 9, 13, 19, 19, 22]);
    });
  });

  it("computes both streams; the mean of the Q-values is the value", () => {
    const head = new DuelingHead({ name: "h", actions: 3, hiddenUnits: [8], seed: 0 });
    tf.tidy(() => {
      const x = features();
      const q = head.forward(x);
      const stream = (name: string) => {
        const of = (weight: string) => head.variables.get(`h/${name}${weight}`) as tf.Tensor2D;
        const hidden = tf.relu(tf.add(tf.matMul(x, of("_hidden/kernel")), of("_hidden/bias")));
        return tf.add(tf.matMul(hidden as tf.Tensor2D, of("/kernel")), of("/bias"));
      };
      const expected = duelingCombine(stream("value"), stream("advantage"));
      expect(q.shape).toEqual([4, 3]);
      expect(tf.max(tf.abs(tf.sub(q, expected))).dataSync()[0]).toBeLessThan(1e-5);
      const gap = tf.max(tf.abs(tf.sub(tf.mean(q, 1, true), stream("value"))));
      expect(gap.dataSync()[0]).toBeLessThan(1e-5);
    });
    head.dispose();
  });

  it("computes rows independently, unlike the published Lambda layer", () => {
    const head = new DuelingHead({ actions: 3, hiddenUnits: [8], seed: 0 });
    tf.tidy(() => {
      const x = features();
      const alone = head.forward(tf.slice(x, [2, 0], [1, 10]));
      const together = tf.slice(head.forward(x), [2, 0], [1, 3]);
      expect(tf.max(tf.abs(tf.sub(alone, together))).dataSync()[0]).toBeLessThan(1e-6);
    });
    head.dispose();
  });

  it("is one stream without dueling, and one layer without hidden units", () => {
    const head = new DuelingHead({ actions: 3, hiddenUnits: [], dueling: false, seed: 0 });
    head.build([null, 10]);
    expect([...head.variables.keys()]).toEqual([
      "dueling_head/advantage/kernel",
      "dueling_head/advantage/bias",
    ]);
    head.dispose();
    expect(() => new DuelingHead({ actions: 0 })).toThrow(/actions/);
    expect(() => new DuelingHead({ actions: 2, hiddenUnits: [0] })).toThrow(/hidden/);
  });

  it("works in tfjs-layers models after convolutions", () => {
    const model = tfl.sequential({
      layers: [
        new ConvStack({
          convolutions: [{ filters: 2, size: 3, strides: 2 }],
          inputShape: [9, 7, 3],
          seed: 0,
        }),
        new DuelingHead({ actions: 4, hiddenUnits: [5], seed: 0 }),
      ],
    });
    expect(model.outputShape).toEqual([null, 4]);
    expect(model.layers[0].outputShape).toEqual([null, 4 * 3 * 2]);
    tf.tidy(() => {
      expect((model.predict(tf.ones([2, 9, 7, 3])) as tf.Tensor).shape).toEqual([2, 4]);
    });
    const config = model.layers[1].getConfig();
    expect(config).toMatchObject({
      actions: 4,
      hiddenUnits: [5],
      dueling: true,
      kernelInitializer: "heNormal",
    });
    model.dispose();
  });

  it("rejects frames that are too small for the convolutions", () => {
    const stack = new ConvStack({ convolutions: [{ filters: 2, size: 8, strides: 4 }] });
    expect(() => stack.build([null, 6, 9, 1])).toThrow(/at least 8, received \[, 6, 9, 1\]/);
  });
});
