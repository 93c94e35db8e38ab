import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { checkSequence } from "../../src/cells/check-sequence.js";
import { ShapeError } from "../../src/core/errors.js";

const good = () => ({
  x: tf.zeros<tf.Rank.R3>([2, 4, 3]),
  state: tf.zeros<tf.Rank.R2>([2, 5]),
  resets: tf.zeros<tf.Rank.R2>([2, 4]),
  mask: tf.zeros<tf.Rank.R2>([2, 4]),
});

describe("checkSequence", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it("accepts what fits, with and without flags", () => {
    tf.tidy(() => {
      const { x, state, ...flags } = good();
      expect(() => checkSequence({ x, state, ...flags }, 3, 5)).not.toThrow();
      expect(() => checkSequence({ x, state }, 3, 5)).not.toThrow();
    });
  });

  it.each<[string, number[], string]>([
    ["x", [2, 4], "[batch, time, 3] with at least one step"],
    ["x", [2, 4, 2], "[batch, time, 3] with at least one step"],
    ["x", [2, 0, 3], "[batch, time, 3] with at least one step"],
    ["state", [2, 4], "[2, 5]"],
    ["state", [1, 5], "[2, 5]"],
    ["resets", [4, 2], "[2, 4]"],
    ["mask", [2, 4, 1], "[2, 4]"],
  ])("names %s of shape %j", (name, shape, expected) => {
    tf.tidy(() => {
      const check = () => checkSequence({ ...good(), [name]: tf.zeros(shape) }, 3, 5);
      expect(check).toThrow(ShapeError);
      expect(check).toThrow(`${name}: expected shape ${expected}`);
    });
  });
});
