import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { cfcFlavours, cfcModes } from "../../src/recurrent/ops/check-scan.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { difference, referenceStep } from "../recurrent/ops/cfc-reference.js";

describe("CfCCell", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it.each(cfcModes.flatMap((mode) => cfcFlavours.map((flavour) => ({ mode, flavour }))))(
    "computes one step: %o",
    (options) => {
      const cell = new CfCCell({ units: 5, backboneUnits: 7, seed: 1, ...options });
      cell.build(3);
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R2>([4, 3], 0, 1, "float32", 1);
        const state = tf.randomNormal<tf.Rank.R2>([4, 5], 0, 1, "float32", 2);
        const times = tf.tensor([0.5, 1, 2, 0]);
        const column = tf.reshape(times, [4, 1]);
        const problem = { ...options, weights: cell.weights, x: tf.zeros([4, 1, 3]) as tf.Tensor3D, state };
        expect(
          difference(cell.call(x, state).state.dataSync(), referenceStep(x, state, 1, problem).dataSync()),
        ).toBeLessThan(1e-6);
        const expected = referenceStep(x, state, column, problem).dataSync();
        expect(difference(cell.call(x, state, times).state.dataSync(), expected)).toBeLessThan(1e-6);
        expect(difference(cell.call(x, state, [0.5, 1, 2, 0]).output.dataSync(), expected)).toBeLessThan(
          1e-6,
        );
      });
      cell.dispose();
    },
  );

  it("owns and frees its weights", () => {
    const before = tf.memory().numTensors;
    const cell = new CfCCell({ units: 4, backboneUnits: 3, backboneLayers: 2, seed: 1 });
    cell.build(2);
    cell.build(2);
    expect([...cell.variables].map(([name, { shape }]) => [name, shape])).toEqual([
      ["backbone1/kernel", [6, 3]],
      ["backbone1/bias", [3]],
      ["backbone2/kernel", [3, 3]],
      ["backbone2/bias", [3]],
      ["heads/kernel", [3, 16]],
      ["heads/bias", [16]],
    ]);
    cell.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => cell.weights).toThrow(InvalidStateError);
  });

  it("reads inputs and state directly without a backbone", () => {
    const cell = new CfCCell({ units: 4, backboneLayers: 0, seed: 1 });
    cell.build(2);
    expect(cell.weights.heads.kernel.shape).toEqual([6, 16]);
    cell.dispose();
  });

  it("rejects invalid options and shapes", () => {
    expect(() => new CfCCell({ units: 1.5 })).toThrow(InvalidArgumentError);
    expect(() => new CfCCell({ units: 2 }).weights).toThrow(InvalidStateError);
    const cell = new CfCCell({ units: 2, seed: 1 });
    expect(() => cell.build(0)).toThrow("inputSize: ");
    cell.build(3);
    tf.tidy(() => {
      expect(() => cell.call(tf.zeros([1, 1, 3]) as unknown as tf.Tensor2D, cell.initialState(1))).toThrow(
        ShapeError,
      );
      expect(() => cell.call(tf.zeros([1, 3]), cell.initialState(1), -1)).toThrow("elapsed: ");
    });
    cell.dispose();
  });
});
