import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, ShapeError } from "../../../src/core/errors.js";
import { Box } from "../../../src/spaces/index.js";
import { disposeOnFailure, givenModel } from "../../../src/trainers/common/given-model.js";

const spaces = { observationSpace: new Box({ low: 0, high: 1, shape: [3] }) };
const network = (...observationShape: number[]) => ({
  observationShape,
  disposed: false,
  dispose() {
    this.disposed = true;
  },
});

describe("givenModel", () => {
  it("takes a network, or what a factory makes for the spaces", () => {
    const own = network(3);
    expect(givenModel(own, spaces, () => {})).toBe(own);
    expect(
      givenModel(
        (given: typeof spaces) => (given === spaces ? own : network()),
        spaces,
        () => {},
      ),
    ).toBe(own);
  });

  it("refuses other observations, and disposes of what it made itself alone", () => {
    const [given, made] = [network(4), network(4)];
    expect(() => givenModel(given, spaces, () => {})).toThrow(
      /model: expected shape \[3\] observations, received \[4\]/,
    );
    expect(() =>
      givenModel(
        () => made,
        spaces,
        () => {},
      ),
    ).toThrow(ShapeError);
    expect([given.disposed, made.disposed]).toEqual([false, true]);
  });

  it("disposes of a made network that the check refuses", () => {
    const made = network(3);
    const refuse = () => {
      throw new Error("no");
    };
    expect(() => givenModel(() => made, spaces, refuse)).toThrow("no");
    expect(made.disposed).toBe(true);
  });

  it("says what to do when the factory makes none for such observations, and passes other errors on", () => {
    const fails = (error: Error) => () =>
      givenModel(
        () => {
          throw error;
        },
        spaces,
        () => {},
      );
    const shape = new ShapeError("inputShape", "[36, 36, 1]", [3]);
    expect(fails(shape)).toThrow(InvalidArgumentError);
    expect(fails(shape)).toThrow(/makes no network for observations \[3\].*default network/);
    expect(fails(new Error("other"))).toThrow(/^other$/);
  });
});

describe("disposeOnFailure", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it("frees the variables of what was half made, and no others", () => {
    const kept = tf.variable(tf.zeros([1]));
    const before = tf.memory().numTensors;
    const make = () => {
      tf.tidy(() => tf.variable(tf.zeros([2])));
      throw new Error("half made");
    };
    expect(() => disposeOnFailure(make)).toThrow("half made");
    expect(tf.memory().numTensors).toBe(before);
    expect(kept.isDisposed).toBe(false);
    kept.dispose();
  });
});
