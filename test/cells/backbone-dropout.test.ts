import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { backboneDropout } from "../../src/cells/backbone-dropout.js";
import { CfCCell } from "../../src/cells/cfc-cell.js";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import { type CfCActivation, cfcActivations } from "../../src/recurrent/ops/activations.js";
import type { CfCWeights } from "../../src/recurrent/ops/cfc-problem.js";
import { cfcScan } from "../../src/recurrent/ops/cfc-scan.js";
import { cfcFlavours } from "../../src/recurrent/ops/check-scan.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { distance, example, features } from "./sequence-properties.js";

function build(options: Partial<ConstructorParameters<typeof CfCCell>[0]>): CfCCell {
  const cell = new CfCCell({ units: 4, backboneUnits: 6, backboneLayers: 2, seed: 1, ...options });
  cell.build(features);
  return cell;
}

const functions: Record<CfCActivation, (u: tf.Tensor) => tf.Tensor> = {
  lecun_tanh: (u) => tf.mul(1.7159, tf.tanh(tf.mul(0.666, u))),
  tanh: tf.tanh,
  relu: tf.relu,
  silu: (u) => tf.mul(u, tf.sigmoid(u)),
  gelu: (u) => tf.mul(u, tf.mul(0.5, tf.add(1, tf.erf(tf.div(u, Math.SQRT2))))),
};

// The torch flavour step by step on the tape, with dropout factors on the activations.
function composed(
  { backbone, heads }: CfCWeights,
  x: tf.Tensor3D,
  state: tf.Tensor2D,
  dropout: (tf.Tensor3D | undefined)[],
  activation: CfCActivation,
): tf.Tensor {
  let h: tf.Tensor = state;
  const outputs = tf.unstack(x, 1).map((input, step) => {
    let z = tf.concat([input, h], 1);
    backbone.forEach(({ kernel, bias }, layer) => {
      z = functions[activation](tf.add(tf.matMul(z, kernel), bias));
      const factors = dropout[layer];
      if (factors) z = tf.mul(z, tf.unstack(factors, 1)[step]);
    });
    const [f, g, a, c] = tf.split(tf.add(tf.matMul(z, heads.kernel), heads.bias), 4, 1);
    const s = tf.sigmoid(tf.add(a, c));
    h = tf.add(tf.mul(tf.tanh(f), tf.sub(1, s)), tf.mul(tf.tanh(g), s));
    return h;
  });
  return tf.stack(outputs, 1);
}

describe("dropout in the backbone", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("drops the given fraction of units and keeps the mean", () => {
    tf.tidy(() => {
      const options = { rate: 0.3, flavour: "tf", backboneUnits: 50, backboneLayers: 2 } as const;
      const [first, second] = backboneDropout({ ...options, random: new Random(1) }, 8, 20);
      const values = Array.from(first!.dataSync());
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
      expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.3, 1);
      expect(distance(first!, second!)).toBeGreaterThan(0);
      const again = backboneDropout({ ...options, random: new Random(1) }, 8, 20);
      expect(distance(again[0]!, first!)).toBe(0);
      const torch = backboneDropout({ ...options, flavour: "torch", random: new Random(1) }, 8, 20);
      expect(torch.map((factors) => factors?.shape)).toEqual([undefined, [8, 20, 50]]);
    });
  });

  it.each(cfcActivations)("equals the taped composition, including gradients: %s", (activation) => {
    const cell = build({ activation });
    tf.tidy(() => {
      const { x, state } = example(cell);
      const random = new Random(2);
      const sizes = { flavour: "tf", backboneUnits: 6, backboneLayers: 2 } as const;
      for (const drop of [[0, 1], [1], [0]]) {
        const drawn = backboneDropout({ ...sizes, rate: 0.4, random }, 4, 6);
        const dropout = drawn.map((factors, layer) => (drop.includes(layer) ? factors : undefined));
        const own = () => cfcScan({ x, state, weights: cell.weights, activation, dropout }).outputs;
        const other = () => composed(cell.weights, x, state, dropout, activation);
        expect(distance(own(), other())).toBeLessThan(1e-6);
        const weigh = (outputs: tf.Tensor) => tf.sum<tf.Scalar>(tf.square(tf.add(outputs, 0.3)));
        const [left, right] = [own, other].map((run) => tf.variableGrads(() => weigh(run())).grads);
        for (const name of Object.keys(right)) expect(distance(left[name], right[name])).toBeLessThan(1e-5);
      }
    });
    cell.dispose();
  });

  it("is active in training only, differs from pass to pass, and is seeded", () => {
    for (const flavour of cfcFlavours) {
      const [cell, twin] = [0, 1].map(() => build({ flavour, backboneDropout: 0.5 }));
      tf.tidy(() => {
        const options = example(cell);
        const plain = cell.scan(options).outputs;
        expect(distance(cell.scan({ ...options, training: false }).outputs, plain)).toBe(0);
        const first = cell.scan({ ...options, training: true }).outputs;
        const second = cell.scan({ ...options, training: true }).outputs;
        expect(distance(first, plain)).toBeGreaterThan(1e-3);
        expect(distance(first, second)).toBeGreaterThan(1e-3);
        expect(distance(twin.scan({ ...options, training: true }).outputs, first)).toBe(0);
      });
      cell.dispose();
      twin.dispose();
    }
  });

  it("has no effect in the torch flavour with one layer, as in ncps", () => {
    const cell = build({ backboneLayers: 1, backboneDropout: 0.5 });
    tf.tidy(() => {
      const options = example(cell);
      expect(distance(cell.scan({ ...options, training: true }).outputs, cell.scan(options).outputs)).toBe(0);
    });
    cell.dispose();
  });

  it("rejects an invalid rate", () => {
    for (const backboneDropout of [-0.1, 1, Number.NaN]) {
      expect(() => new CfCCell({ units: 2, backboneDropout })).toThrow(InvalidArgumentError);
      expect(() => new CfCCell({ units: 2, backboneDropout })).toThrow("backboneDropout: ");
    }
  });
});
