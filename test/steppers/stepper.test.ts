import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { CfC } from "../../src/layers/cfc.js";
import { LTC, type LTCOptions } from "../../src/layers/ltc.js";
import type { RecurrentLayer } from "../../src/layers/recurrent-layer.js";
import { cfcActivations } from "../../src/recurrent/ops/activations.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { createStepper } from "../../src/steppers/stepper.js";
import { cfcKinds, wiring } from "../layers/cfc-kinds.js";

const features = 3;
const steps = 8;

beforeAll(async () => {
  await useBackend("cpu");
});

/** Largest difference between a layer's scan and its stepper, relative to the largest value above 1. */
function difference(layer: RecurrentLayer): number {
  layer.build([null, null, features]);
  return tf.tidy(() => {
    // Values other than the initial ones, so that biases and rates of zero do not hide anything.
    for (const [index, variable] of [...layer.variables.values()].entries()) {
      variable.assign(tf.add(variable, tf.randomUniform(variable.shape, 0, 0.2, "float32", index)));
    }
    const x = tf.randomNormal<tf.Rank.R3>([1, steps, features], 0, 1, "float32", 1);
    const state = tf.randomNormal<tf.Rank.R2>([1, layer.stateSize], 0, 0.5, "float32", 2);
    const times = [0.3, 1, 0, 2.5, 0.01, 1, 1, 4];
    const scanned = layer.scan(x, { state, elapsed: [times] });
    const stepper = createStepper(layer);
    const ours = state.dataSync().slice() as Float32Array;
    const outputs = x.arraySync()[0].flatMap((row, i) => Array.from(stepper.step(row, ours, times[i])));
    const pairs: [ArrayLike<number>, ArrayLike<number>][] = [
      [outputs, scanned.outputs.dataSync()],
      [ours, scanned.state.dataSync()],
    ];
    let worst = 0;
    for (const [own, theirs] of pairs) {
      expect(own.length).toBe(theirs.length);
      for (let i = 0; i < own.length; i++) {
        const error = Math.abs(own[i] - theirs[i]) / Math.max(1, Math.abs(theirs[i]));
        worst = error > worst ? error : worst;
        expect(Number.isFinite(own[i])).toBe(true);
      }
    }
    layer.dispose();
    return worst;
  });
}

describe("a stepper equals the scan", () => {
  it.each(cfcKinds)("CfC %s", (_, options) => {
    expect(difference(new CfC(options))).toBeLessThan(1e-5);
    expect(difference(new CfC({ ...options, projSize: 2 }))).toBeLessThan(1e-5);
  });

  it.each(cfcActivations)("CfC with %s", (activation) => {
    expect(difference(new CfC({ units: 9, activation, seed: 2 }))).toBeLessThan(1e-5);
  });

  it("CfC without backbone", () => {
    expect(difference(new CfC({ units: 6, backboneLayers: 0, seed: 3 }))).toBeLessThan(1e-5);
  });

  const kinds: [string, LTCOptions][] = [
    ["NCP", { wiring }],
    ["fully connected", { units: 5 }],
    ["explicit", { wiring, implicitConstraints: false }],
    ["linear mappings", { wiring, inputMapping: "linear", outputMapping: "linear" }],
    ["without mappings", { wiring, inputMapping: "none", outputMapping: "none", odeUnfolds: 3 }],
    ["tf flavour", { wiring, flavour: "tf" }],
  ];
  it.each(kinds)("LTC %s", (_, options) => {
    for (const mixedMemory of [false, true]) {
      expect(difference(new LTC({ ...options, mixedMemory, seed: 4 }))).toBeLessThan(1e-5);
      expect(difference(new LTC({ ...options, mixedMemory, projSize: 3, seed: 4 }))).toBeLessThan(1e-5);
    }
  });
});

describe("createStepper", () => {
  it("copies the weights: they change only with refresh", () => {
    const layer = new CfC({ units: 4, seed: 0 });
    layer.build([null, null, features]);
    const stepper = createStepper(layer);
    const run = () => stepper.step([1, -1, 2], stepper.initialState()).slice();
    const first = run();
    tf.tidy(() => {
      for (const variable of layer.variables.values()) variable.assign(tf.mul(variable, 0.5));
    });
    expect(run()).toEqual(first);
    stepper.refresh();
    expect(run()).not.toEqual(first);
    layer.dispose();
    expect(() => run()).not.toThrow();
  });

  it("creates no tensors in a step", () => {
    const layer = new LTC({ wiring, mixedMemory: true, seed: 0 });
    layer.build([null, null, features]);
    const before = tf.memory().numTensors;
    const stepper = createStepper(layer);
    const state = stepper.initialState();
    const engine = tf.engine();
    const made = engine.state.numTensors;
    for (let i = 0; i < 5; i++) stepper.step([0, 1, 2], state);
    expect(engine.state.numTensors).toBe(made);
    expect(tf.memory().numTensors).toBe(before);
    layer.dispose();
  });

  it("rejects invalid arguments", () => {
    const layer = new CfC({ units: 4, seed: 0 });
    expect(() => createStepper(layer)).toThrow(InvalidStateError);
    layer.build([null, null, features]);
    const stepper = createStepper(layer);
    const state = stepper.initialState();
    expect(() => stepper.step([1, 2], state)).toThrow(ShapeError);
    expect(() => stepper.step([1, 2, 3], new Float32Array(3))).toThrow(ShapeError);
    for (const elapsed of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => stepper.step([1, 2, 3], state, elapsed)).toThrow(InvalidArgumentError);
    }
    const other = { ...layer, core: {} as never, prefix: "x", variables: new Map() };
    expect(() => createStepper(other)).toThrow("use the layer's scan");
    layer.dispose();
  });
});
