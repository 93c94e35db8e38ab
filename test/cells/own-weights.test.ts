import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { OwnWeights } from "../../src/cells/own-weights.js";
import { initialize } from "../../src/core/initializers.js";
import { Random } from "../../src/core/random.js";

describe("OwnWeights", () => {
  beforeAll(() => tf.setBackend("cpu"));

  it("makes variables one after the other from one generator", () => {
    const own = new OwnWeights(new Random(4));
    const random = new Random(4);
    for (const name of ["first", "second"]) {
      const variable = own.create(name, { kind: "normal", shape: [2, 3] });
      expect(variable).toBeInstanceOf(tf.Variable);
      expect(variable.shape).toEqual([2, 3]);
      expect(variable.dataSync()).toEqual(initialize({ kind: "normal", shape: [2, 3], random }));
    }
    expect([...own.variables.keys()]).toEqual(["first", "second"]);
    own.dispose();
  });

  it("frees all of them, and may be disposed of twice", () => {
    const before = tf.memory().numTensors;
    const own = new OwnWeights(new Random(4));
    own.create("first", { kind: "zeros", shape: [2] });
    own.create("second", { kind: "ones", shape: [] });
    expect(tf.memory().numTensors).toBe(before + 2);
    own.dispose();
    own.dispose();
    expect(own.variables.size).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });
});
