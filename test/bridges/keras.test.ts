// Weights and outputs of real layers of ncps.keras 1.0.1 on Keras 3.15 (test/fixtures/bridges/make.py).
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BridgedLayer,
  kerasWeights,
  loadKerasWeights,
  type NamedArrays,
  readArrays,
} from "../../src/bridges/index.js";
import { CheckpointError, InvalidArgumentError, ShapeError } from "../../src/core/errors.js";
import { CfC } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/index.js";

const read = (name: string) => readArrays(readFileSync(`test/fixtures/bridges/${name}.npz`), name);
const outputs = read("keras-outputs");
const flavour = "tf" as const;
const ncp = new AutoNCP({ units: 12, outputSize: 2 });
const layers: [string, () => BridgedLayer][] = [
  ["cfc", () => new CfC({ units: 6, backboneUnits: 5, backboneLayers: 2, flavour })],
  ["cfc-pure", () => new CfC({ units: 6, backboneUnits: 5, mode: "pure", flavour })],
  ["cfc-wired", () => new CfC({ wiring: ncp, flavour })],
  ["cfc-mixed", () => new CfC({ units: 6, backboneUnits: 5, mixedMemory: true, flavour })],
  ["cfc-wired-mixed", () => new CfC({ wiring: ncp, mixedMemory: true, flavour })],
  ["ltc", () => new LTC({ wiring: new AutoNCP({ units: 8, outputSize: 2 }), flavour })],
  ["ltc-mixed", () => new LTC({ units: 5, mixedMemory: true, flavour })],
];

function build(make: () => BridgedLayer): BridgedLayer {
  const layer = make();
  layer.build([null, null, 4]);
  return layer;
}

function errorOf(layer: BridgedLayer, name: string): number {
  const { shape, data } = outputs.get("x")!;
  const expected = outputs.get(name)!;
  const got = tf.tidy(() => layer.forward(tf.tensor(data, [...shape])).dataSync());
  expect(got.length).toBe(expected.data.length);
  return Math.max(...got.map((value, i) => Math.abs(value - expected.data[i])));
}

const renamed = (arrays: NamedArrays, rename: (name: string, i: number) => string) =>
  new Map([...arrays].map(([name, array], i) => [rename(name, i), array]));

describe("loadKerasWeights and kerasWeights", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it.each(layers)("reproduce the outputs of Keras: %s", (name, make) => {
    const layer = build(make);
    const arrays = read(`keras-${name}`);
    expect(errorOf(layer, name)).toBeGreaterThan(1e-3);
    loadKerasWeights(layer, arrays);
    expect(errorOf(layer, name)).toBeLessThan(1e-5);
    // Written in Keras's order; reversal potentials may have been integers there.
    const floats = [...arrays.values()].map(({ shape, data }) => ({ shape, data: Float32Array.from(data) }));
    expect([...kerasWeights(layer).values()]).toEqual(floats);
    layer.dispose();
  });

  it.each(layers)("accept several spellings of names: %s", (name, make) => {
    const layer = build(make);
    const arrays = read(`keras-${name}`);
    loadKerasWeights(layer, arrays);
    const canonical = kerasWeights(layer);
    const forms: NamedArrays[] = [
      canonical,
      renamed(canonical, (key) => key.replace(/^cell\//, "")),
      renamed(canonical, (_, i) => `arr_${i}`),
      renamed(arrays, (key) => `${key}:0`),
      renamed(arrays, (key) => key.replace(/cf_c_cell_(\d+)\//, (_, number) => `cf_c_cell_${90 + +number}/`)),
      new Map([...arrays].reverse()),
    ];
    for (const form of forms) {
      for (const variable of layer.variables.values()) {
        tf.tidy(() => variable.assign(tf.zerosLike(variable)));
      }
      loadKerasWeights(layer, form);
      expect(kerasWeights(layer)).toEqual(canonical);
    }
    layer.dispose();
  });

  it.each(["cfc", "ltc"])("accept unnamed arrays of np.savez: %s", (name) => {
    const layer = build(layers.find(([other]) => other === name)![1]);
    loadKerasWeights(layer, read(`keras-${name}-unnamed`));
    expect(errorOf(layer, name)).toBeLessThan(1e-5);
    layer.dispose();
  });

  it("select arrays of a larger model by prefix", () => {
    const [, make] = layers[0];
    const layer = build(make);
    const both = new Map([
      ...renamed(read("keras-cfc"), (name) => `policy/${name}`),
      ...renamed(read("keras-cfc-pure"), (name) => `value/${name}`),
    ]);
    loadKerasWeights(layer, both, { prefix: "policy/" });
    expect(errorOf(layer, "cfc")).toBeLessThan(1e-5);
    expect(() => loadKerasWeights(layer, both, { prefix: "critic/" })).toThrow(/prefix "critic\/"/);
    layer.dispose();
  });

  it("report arrays that do not match the layer", () => {
    const [, make] = layers[0];
    const layer = build(make);
    loadKerasWeights(layer, read("keras-cfc"));
    const good = kerasWeights(layer);
    const without = new Map(good);
    without.delete("cell/time_a/bias");
    expect(() => loadKerasWeights(layer, without)).toThrow(CheckpointError);
    expect(() => loadKerasWeights(layer, without)).toThrow("missing: cell/time_a/bias");
    const more = new Map([...good, ["dense/kernel", { shape: [1], data: new Float32Array(1) }]]);
    expect(() => loadKerasWeights(layer, more)).toThrow("extra: dense/kernel");
    const mixed = build(layers[3][1]);
    const [first, ...rest] = read("keras-cfc-mixed");
    const stranger = new Map([["dense/bias", { shape: [24], data: new Float32Array(24) }], first, ...rest]);
    expect(() => loadKerasWeights(mixed, stranger)).toThrow("extra: dense/bias");
    mixed.dispose();
    const dense = { shape: [1, 6], data: new Float32Array(6) };
    const shaped = new Map(
      [...good].map(([name, array]) => [name, /time_b.bias/.test(name) ? dense : array]),
    );
    expect(() => loadKerasWeights(layer, shaped)).toThrow(ShapeError);
    expect(() => loadKerasWeights(layer, shaped)).toThrow("cell/time_b/bias: expected shape [6]");
    expect(kerasWeights(layer)).toEqual(good);
    layer.dispose();
  });

  it("check the synapses against the layer's wiring", () => {
    const layer = build(
      () => new LTC({ wiring: new AutoNCP({ units: 8, outputSize: 2, seed: 3 }), flavour }),
    );
    expect(() => loadKerasWeights(layer, read("keras-ltc"))).toThrow(CheckpointError);
    expect(() => loadKerasWeights(layer, read("keras-ltc"))).toThrow(/erev: .* no synapse/);
    layer.dispose();
  });

  it("require the flavour tf", () => {
    const wrong: [BridgedLayer, RegExp][] = [
      [new CfC({ units: 6 }), /new CfC\(\{ \.\.\., flavour: "tf" \}\)/],
      [new LTC({ units: 5 }), /new LTC\(\{ \.\.\., flavour: "tf" \}\)/],
      [new LTC({ units: 5, flavour, implicitConstraints: true }), /implicitConstraints: false/],
      [new CfC({ units: 6, flavour, projSize: 2 }), /projSize/],
      [new CfC({ wiring: ncp, flavour, recurrence: "wired" }), /recurrence: "layer"/],
    ];
    for (const [layer, message] of wrong) {
      layer.build([null, null, 4]);
      expect(() => kerasWeights(layer)).toThrow(InvalidArgumentError);
      expect(() => loadKerasWeights(layer, read("keras-cfc"))).toThrow(message);
      layer.dispose();
    }
  });
});
