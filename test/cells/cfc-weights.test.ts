import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type CfCSizes, createCfCWeights } from "../../src/cells/cfc-weights.js";
import { OwnWeights } from "../../src/cells/own-weights.js";
import { Random } from "../../src/core/random.js";

const sizes: CfCSizes = { units: 5, mode: "default", flavour: "torch", backboneUnits: 7, backboneLayers: 2 };
let own: OwnWeights;
const made = (changed: Partial<CfCSizes> = {}, inputs = 3) => {
  own = new OwnWeights(new Random(1));
  createCfCWeights({ ...sizes, ...changed }, inputs, own.create);
  return Object.fromEntries([...own.variables].map(([name, { shape }]) => [name, shape]));
};
const largest = (name: string) => Math.max(...own.variables.get(name)!.dataSync().map(Math.abs));

describe("createCfCWeights", () => {
  beforeAll(() => tf.setBackend("cpu"));
  afterEach(() => own.dispose());

  it("makes a backbone of input and state, and four heads side by side", () => {
    expect(made()).toEqual({
      "backbone1/kernel": [3 + 5, 7],
      "backbone1/bias": [7],
      "backbone2/kernel": [7, 7],
      "backbone2/bias": [7],
      "heads/kernel": [7, 4 * 5],
      "heads/bias": [4 * 5],
    });
  });

  it("gives heads input and state themselves without backbone", () => {
    expect(made({ backboneLayers: 0 })["heads/kernel"]).toEqual([3 + 5, 20]);
  });

  it("has one head, w_tau of zeros and a of ones in pure mode", () => {
    expect(made({ mode: "pure", backboneLayers: 1 })).toMatchObject({
      "heads/kernel": [7, 5],
      w_tau: [5],
      a: [5],
    });
    expect(own.variables.get("w_tau")!.dataSync()).toEqual(new Float32Array(5));
    expect(own.variables.get("a")!.dataSync()).toEqual(new Float32Array(5).fill(1));
  });

  it("draws each head's kernel as a separate layer, with biases as the flavour has them", () => {
    made({ backboneLayers: 1, units: 50, backboneUnits: 40 });
    const bound = Math.sqrt(6 / (40 + 50)); // not 40 + 200
    expect(largest("heads/kernel")).toBeLessThanOrEqual(bound);
    expect(largest("heads/kernel")).toBeGreaterThan(0.95 * bound);
    expect(largest("heads/bias")).toBeGreaterThan(0);
    expect(largest("heads/bias")).toBeLessThanOrEqual(1 / Math.sqrt(40));
    own.dispose();
    made({ flavour: "tf" });
    expect(largest("heads/bias")).toBe(0);
  });

  it("refuses inputs without a size", () => {
    expect(() => made({}, 0)).toThrow(/inputSize/);
  });
});
