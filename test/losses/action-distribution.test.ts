import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers";
import {
  actionDistribution,
  Categorical,
  DiagonalGaussian,
  MultiCategorical,
} from "../../src/losses/index.js";
import { Box, Discrete, MultiDiscrete } from "../../src/spaces/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("actionDistribution", () => {
  it("returns the distribution and the sizes of each space", () => {
    tf.tidy(() => {
      const discrete = actionDistribution(new Discrete(4));
      expect([discrete.actionShape, discrete.actionSize, discrete.parameterSize]).toEqual([[], 1, 4]);
      expect(discrete.of(tf.zeros([2, 4]))).toBeInstanceOf(Categorical);
      const multi = actionDistribution(new MultiDiscrete([3, 2]));
      expect([multi.actionShape, multi.actionSize, multi.parameterSize]).toEqual([[2], 2, 5]);
      expect(multi.of(tf.zeros([2, 5]))).toBeInstanceOf(MultiCategorical);
      const box = actionDistribution(new Box({ low: -1, high: 1, shape: [2, 3] }));
      expect([box.actionShape, box.actionSize, box.parameterSize]).toEqual([[6], 6, 12]);
      expect(box.of(tf.zeros([2, 12]))).toBeInstanceOf(DiagonalGaussian);
    });
    expect(() => actionDistribution(new Box({ low: 0, high: 9, shape: [1], dtype: "uint8" }))).toThrow(
      /float32 or float64, received uint8/,
    );
  });

  it("forEnv returns actions within the spaces", () => {
    const box = actionDistribution(new Box({ low: [-1, -2], high: [1, 2], shape: [2] }));
    expect([...box.forEnv(Float32Array.of(3, 3, -0.5, -5))]).toEqual([1, 2, -0.5, -2]);
    expect([...actionDistribution(new Discrete(3, 5)).forEnv(Int32Array.of(0, 2))]).toEqual([5, 7]);
    const actions = Int32Array.of(1, 0);
    expect(actionDistribution(new Discrete(3)).forEnv(actions)).toBe(actions);
  });

  it.each(["float32", "float64"] as const)("forEnv returns actions of a Box of %s in its type", (dtype) => {
    const space = new Box({ low: [-0.1, -1], high: [0.3, 1], shape: [2], dtype });
    const { forEnv } = actionDistribution(space);
    for (const drawn of [-5, 0.2, 5])
      expect(space.contains(forEnv(Float32Array.of(drawn, drawn)))).toBe(true);
  });

  it("meanDeviation exists for continuous policies only", () => {
    const box = actionDistribution(new Box({ low: -1, high: 1, shape: [2] }));
    const deviation = box.meanDeviation?.([9, 9, 0, Math.log(2), 9, 9, Math.log(3), 0]);
    expect(deviation).toBeCloseTo((1 + 2 + 3 + 1) / 4, 10);
    expect(actionDistribution(new Discrete(2)).meanDeviation).toBeUndefined();
  });
});
