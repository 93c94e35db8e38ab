import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { DuelingHead } from "../../src/layers/dueling-head.js";
import { LTC } from "../../src/layers/ltc.js";
import { MLP } from "../../src/layers/mlp.js";
import {
  DuelingQNetwork,
  MlpQNetwork,
  natureConvolutions,
  SequentialQNetwork,
  updateTarget,
} from "../../src/models/index.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../src/spaces/index.js";

beforeAll(() => useBackend("wasm"));

const actionSpace = new Discrete(6);
const frames = (frameCount: number) =>
  new Box({ low: 0, high: 255, shape: [105, 80, frameCount], dtype: "uint8" });
const vectors = new Box({ low: -1, high: 1, shape: [4] });

const weights = ({ variables }: MlpQNetwork) => [...variables.values()].map((v) => [...v.dataSync()]);

describe("DuelingQNetwork", () => {
  it.each([
    [3, 1_455_415],
    [4, 1_456_439],
  ])("has the document's number of weights for %i frames", (frameCount, total) => {
    const model = new DuelingQNetwork({ observationSpace: frames(frameCount), actionSpace, seed: 0 });
    expect(model.countParams()).toBe(total);
    const sizes = Object.fromEntries([...model.variables].map(([name, { shape }]) => [name, shape]));
    expect(sizes).toMatchObject({
      "conv/conv1/kernel": [8, 8, frameCount, 16],
      "conv/conv2/kernel": [4, 4, 16, 32],
      "head/advantage_hidden/kernel": [2816, 256],
      "head/value/kernel": [256, 1],
    });
    model.dispose();
  });

  it("has no value stream when it is not dueling", () => {
    const model = new DuelingQNetwork({ observationSpace: frames(3), actionSpace, dueling: false, seed: 0 });
    expect(model.countParams()).toBe(1_455_415 - 2816 * 256 - 256 - 257);
    model.dispose();
  });

  it("accepts the convolutions of the Nature paper", () => {
    const observationSpace = new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" });
    const model = new DuelingQNetwork({
      observationSpace,
      actionSpace,
      convolutions: natureConvolutions,
      hiddenUnits: [512],
      seed: 0,
    });
    tf.tidy(() => {
      expect(model.apply(tf.zeros([2, 84, 84, 4], "int32")).shape).toEqual([2, 6]);
      expect(() => model.apply(tf.zeros([2, 84, 84, 3]))).toThrow(/84, 84, 4/);
    });
    model.dispose();
  });
});

describe("MlpQNetwork", () => {
  it("clone() copies the weights; updateTarget moves the clone", () => {
    const before = tf.memory().numTensors;
    const model = new MlpQNetwork({ observationSpace: vectors, actionSpace, hiddenUnits: [8], seed: 0 });
    const target = model.clone();
    expect(weights(target as MlpQNetwork)).toEqual(weights(model));
    const first = weights(model);
    tf.tidy(() => {
      for (const variable of model.variables.values()) variable.assign(tf.add(variable, 1));
    });
    expect(weights(target as MlpQNetwork)).toEqual(first);
    updateTarget(model, target, 0.25);
    weights(target as MlpQNetwork).forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(first[i][j] + 0.25, 5);
      });
    });
    updateTarget(model, target);
    expect(weights(target as MlpQNetwork)).toEqual(weights(model));
    model.dispose();
    target.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("has equal weights for equal seeds", () => {
    const make = (seed: number) => new MlpQNetwork({ observationSpace: vectors, actionSpace, seed });
    const [a, b, c] = [make(1), make(1), make(2)];
    expect(weights(a)).toEqual(weights(b));
    expect(weights(a)).not.toEqual(weights(c));
    for (const model of [a, b, c]) model.dispose();
  });
});

describe("SequentialQNetwork", () => {
  const head = () => new DuelingHead({ actions: actionSpace.n, hiddenUnits: [] });
  const make = (blocks: () => (MLP | DuelingHead)[]) =>
    new SequentialQNetwork({ observationSpace: vectors, actionSpace }, blocks, {
      className: "Mine",
      config: {},
    });

  it("rejects blocks with the same name, of which one would not be trained, and leaks nothing", () => {
    const before = tf.memory().numTensors;
    expect(() => make(() => [new MLP({ hiddenUnits: [3] }), new MLP({ hiddenUnits: [5] }), head()])).toThrow(
      InvalidArgumentError,
    );
    expect(() => make(() => [new MLP({ hiddenUnits: [3] })])).toThrow(ShapeError);
    expect(tf.memory().numTensors).toBe(before);
    const model = make(() => [
      new MLP({ hiddenUnits: [3] }),
      new MLP({ name: "second", hiddenUnits: [5] }),
      head(),
    ]);
    expect(model.countParams()).toBe(5 * 3 + 4 * 5 + 6 * 7);
    model.dispose();
  });
});

describe("updateTarget", () => {
  it("names weights that do not match, and an invalid tau", () => {
    const [one, other] = [[3], [3, 3]].map(
      (hiddenUnits) => new MlpQNetwork({ observationSpace: vectors, actionSpace, hiddenUnits }),
    );
    expect(() => updateTarget(one, other)).toThrow(InvalidArgumentError);
    for (const tau of [Number.NaN, -0.1, 1.1]) {
      expect(() => updateTarget(one, one, tau)).toThrow(InvalidArgumentError);
    }
    one.dispose();
    other.dispose();
  });
});

describe("SequentialQNetwork", () => {
  it("outputs values once, after the last step of a recurrent layer", () => {
    const observationSpace = new Box({ low: -1, high: 1, shape: [5, 3] });
    const blocks = () => [new LTC({ units: 6, seed: 0 }), new MLP({ hiddenUnits: [6], seed: 1 })];
    const model = new SequentialQNetwork({ observationSpace, actionSpace }, blocks, {
      className: "Recurrent",
      config: {},
    });
    tf.tidy(() => {
      expect(model.apply(tf.ones([4, 5, 3])).shape).toEqual([4, 6]);
    });
    model.dispose();
  });
});
