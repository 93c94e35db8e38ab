import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { CfC } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import type { RecurrentLayer } from "../../src/layers/recurrent-layer.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { traceStates } from "../../src/steppers/step-trace.js";
import { wiring } from "../layers/cfc-kinds.js";
import { distance } from "../layers/layer-helpers.js";

const [batch, steps, features] = [2, 5, 3];

beforeAll(async () => {
  await useBackend("cpu");
});

const layers: [string, () => RecurrentLayer][] = [
  ["CfC", () => new CfC({ units: 5, seed: 0 })],
  ["wired CfC", () => new CfC({ wiring, seed: 0 })],
  ["CfC with mixed memory", () => new CfC({ units: 5, mixedMemory: true, seed: 0 })],
  ["LTC", () => new LTC({ wiring, seed: 0 })],
  ["LTC with mixed memory", () => new LTC({ wiring, mixedMemory: true, flavour: "tf", seed: 0 })],
];

describe("traceStates", () => {
  it.each(layers)("equals the final states of shorter scans: %s", (_, make) => {
    const layer = make();
    layer.build([null, null, features]);
    tf.dispose(traceStates(layer, tf.zeros([1, 1, features])).states);
    const steady = { mask: tf.ones([1, 2]), resets: tf.zeros([1, 2]), elapsed: [[1, 2]] };
    layer.scan(tf.zeros([1, 2, features]), steady); // creates lasting constants
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([batch, steps, features], 0, 1, "float32", 1);
      const state = tf.randomNormal<tf.Rank.R2>([batch, layer.stateSize], 0, 1, "float32", 2);
      const elapsed = tf.randomUniform<tf.Rank.R2>([batch, steps], 0, 2, "float32", 3);
      const resets = tf.tensor2d([0, 0, 1, 0, 0, 0, 0, 0, 0, 1], [batch, steps]);
      const mask = tf.tensor2d([1, 1, 1, 1, 0, 1, 0, 1, 1, 1], [batch, steps]);
      const { states, neurons } = traceStates(layer, x, { state, elapsed, resets, mask });
      expect(states.shape).toEqual([batch, steps, layer.stateSize]);
      expect(neurons).toHaveLength(layer.stateSize);
      for (let length = 1; length <= steps; length++) {
        const cut = (sequence: tf.Tensor2D) => tf.slice(sequence, [0, 0], [batch, length]);
        const scanned = layer.scan(tf.slice(x, [0, 0, 0], [batch, length, features]), {
          state,
          elapsed: cut(elapsed),
          resets: cut(resets),
          mask: cut(mask),
        });
        const traced = tf.squeeze(tf.slice(states, [0, length - 1, 0], [batch, 1, -1]), [1]);
        expect(distance(traced, scanned.state)).toBeLessThan(1e-5);
      }
    });
    expect(tf.memory().numTensors).toBe(before);
    layer.dispose();
  });

  it("names the neurons in the order of the state: motor neurons are the outputs", () => {
    for (const layer of [
      new CfC({ wiring, seed: 0 }),
      new LTC({ wiring, outputMapping: "none", seed: 0 }),
    ] as RecurrentLayer[]) {
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R3>([batch, steps, features], 0, 1, "float32", 1);
        const { outputs } = layer.scan(x);
        const { states, neurons } = traceStates(layer, x);
        const places = neurons.flatMap(({ type }, place) => (type === "motor" ? [place] : []));
        places.sort((a, b) => neurons[a].id - neurons[b].id);
        expect(distance(tf.gather(states, places, 2), outputs)).toBeLessThan(1e-6);
        expect(new Set(neurons.map(({ name }) => name)).size).toBe(wiring.units);
      });
      layer.dispose();
    }
  });

  it("distinguishes memory from units", () => {
    const layer = new CfC({ units: 2, mixedMemory: true, seed: 0 });
    layer.build([null, null, features]);
    const { states, neurons } = traceStates(layer, tf.zeros([1, 1, features]));
    expect(neurons.map(({ name, type }) => [name, type])).toEqual([
      ["unit_0", "unit"],
      ["unit_1", "unit"],
      ["memory_unit_0", "memory"],
      ["memory_unit_1", "memory"],
    ]);
    states.dispose();
    layer.dispose();
  });

  it("has a gradient through a single step", () => {
    const layer = new CfC({ units: 5, seed: 0 });
    layer.build([null, null, features]);
    const x = tf.ones<tf.Rank.R3>([1, 1, features]);
    const of = (run: (x: tf.Tensor3D) => tf.Tensor) =>
      Array.from(
        tf
          .grad((x) => tf.sum(run(x as tf.Tensor3D)))(x)
          .dataSync(),
      );
    expect(of((x) => traceStates(layer, x).states)).toEqual(of((x) => layer.scan(x).outputs));
    layer.dispose();
  });

  it("rejects invalid arguments", () => {
    const layer = new CfC({ wiring, seed: 0 });
    const x = tf.zeros<tf.Rank.R3>([batch, steps, features]);
    expect(() => traceStates(layer, x)).toThrow(InvalidStateError);
    layer.build([null, null, features]);
    expect(() => traceStates(layer, tf.zeros([batch, 0, features]))).toThrow(ShapeError);
    expect(() => traceStates(layer, x, { mask: tf.zeros([batch, 4]) })).toThrow(ShapeError);
    layer.dispose();
  });
});
