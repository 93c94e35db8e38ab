import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type BridgedLayer, loadTorchWeights, torchWeights } from "../../src/bridges/index.js";
import {
  CheckpointError,
  InvalidArgumentError,
  InvalidStateError,
  ShapeError,
} from "../../src/core/errors.js";
import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/index.js";

function build<T extends BridgedLayer>(layer: T): T {
  layer.build([null, null, 4]);
  return layer;
}

const wiring = new AutoNCP({ units: 12, outputSize: 2 });
const otherWiring = new AutoNCP({ units: 12, outputSize: 2, seed: 1 });

describe("loadTorchWeights and torchWeights", () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });

  it("transpose kernels and split the heads", () => {
    const layer = build(new CfC({ units: 3, backboneUnits: 2, projSize: 5, mixedMemory: true }));
    const shapes = Object.fromEntries([...torchWeights(layer)].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toEqual({
      "lstm.input_map.weight": [12, 4],
      "lstm.input_map.bias": [12],
      "lstm.recurrent_map.weight": [12, 3],
      "rnn_cell.backbone.0.weight": [2, 7],
      "rnn_cell.backbone.0.bias": [2],
      "rnn_cell.ff1.weight": [3, 2],
      "rnn_cell.ff1.bias": [3],
      "rnn_cell.ff2.weight": [3, 2],
      "rnn_cell.ff2.bias": [3],
      "rnn_cell.time_a.weight": [3, 2],
      "rnn_cell.time_a.bias": [3],
      "rnn_cell.time_b.weight": [3, 2],
      "rnn_cell.time_b.bias": [3],
      "fc.weight": [5, 3],
      "fc.bias": [5],
    });
    const heads = layer.variables.get("cfc/heads/kernel")!.arraySync() as number[][];
    const { data } = torchWeights(layer).get("rnn_cell.time_a.weight")!;
    for (const [row, columns] of heads.entries()) {
      for (let unit = 0; unit < 3; unit++) expect(data[unit * 2 + row]).toBe(columns[6 + unit]);
    }
    layer.dispose();
  });

  it("copy a model from one layer to another", () => {
    const kinds: (() => BridgedLayer)[] = [
      ...(["default", "no_gate", "pure"] as const).flatMap((mode) => [
        () => new CfC({ units: 5, mode, backboneLayers: 3, backboneUnits: 4 }),
        () => new CfC({ wiring, mode, mixedMemory: true, projSize: 3 }),
      ]),
      () => new LTC({ wiring, inputMapping: "linear", outputMapping: "none" }),
    ];
    for (const kind of kinds) {
      const [from, to] = [build(kind()), build(kind())];
      const before = tf.memory().numTensors;
      loadTorchWeights(to, torchWeights(from));
      expect(tf.memory().numTensors).toBe(before);
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R3>([2, 3, 4], 0, 1, "float32", 1);
        expect(to.forward(x).dataSync()).toEqual(from.forward(x).dataSync());
      });
      from.dispose();
      to.dispose();
    }
  });

  it("number the backbone's layers like torch, with or without dropout", () => {
    const options: CfCOptions = { units: 3, backboneLayers: 4, backboneUnits: 2 };
    const plain = build(new CfC(options));
    const dropping = build(new CfC({ ...options, backboneDropout: 0.1 }));
    const indices = (layer: CfC) =>
      [...torchWeights(layer).keys()]
        .map((name) => /backbone\.(\d+)\.weight/.exec(name)?.[1])
        .filter(Boolean);
    expect(indices(plain)).toEqual(["0", "2", "4", "6"]);
    expect(indices(dropping)).toEqual(["0", "2", "5", "8"]);
    loadTorchWeights(plain, torchWeights(dropping));
    expect([...torchWeights(plain).values()]).toEqual([...torchWeights(dropping).values()]);
    loadTorchWeights(dropping, torchWeights(plain));
    const shifted = new Map(
      [...torchWeights(plain)].map(([name, array]) => [name.replace("backbone.6", "backbone.7"), array]),
    );
    expect(() => loadTorchWeights(plain, shifted)).toThrow("missing: rnn_cell.backbone.6.weight");
    plain.dispose();
    dropping.dispose();
  });

  it("select arrays by prefix", () => {
    const layer = build(new CfC({ units: 3, backboneUnits: 2 }));
    const own = torchWeights(layer);
    const all = new Map([...own].map(([name, array]) => [`policy.rnn.${name}`, array]));
    all.set("value.weight", { shape: [1], data: new Float32Array(1) });
    loadTorchWeights(layer, all, { prefix: "policy.rnn." });
    expect(torchWeights(layer)).toEqual(own);
    expect(() => loadTorchWeights(layer, all)).toThrow(CheckpointError);
    expect(() => loadTorchWeights(layer, all, { prefix: "q." })).toThrow(/prefix "q\." *.*policy\.rnn/);
    layer.dispose();
  });

  it("check the masks against the layer's wiring", () => {
    const masks = { CfC: "rnn_cell.layer_0.sparsity_mask", LTC: "rnn_cell.sparsity_mask" };
    for (const Layer of [CfC, LTC]) {
      const [layer, other] = [build(new Layer({ wiring })), build(new Layer({ wiring: otherWiring }))];
      const own = torchWeights(layer);
      const mask = masks[Layer.className as "CfC" | "LTC"];
      expect(own.get(mask)!.data.every((value) => value === 0 || value === 1)).toBe(true);
      expect(() => loadTorchWeights(layer, torchWeights(other))).toThrow(CheckpointError);
      expect(() => loadTorchWeights(layer, torchWeights(other))).toThrow(/sparsity_mask: .*wiring/);
      expect(torchWeights(layer)).toEqual(own);
      const unmasked = new Map(own);
      unmasked.delete(mask);
      expect(() => loadTorchWeights(layer, unmasked)).toThrow(`missing: ${mask}`);
      layer.dispose();
      other.dispose();
    }
  });

  it("report arrays that do not match the layer", () => {
    const layer = build(new CfC({ units: 3, backboneUnits: 2 }));
    const own = torchWeights(layer);
    const wide = torchWeights(build(new CfC({ units: 3, backboneUnits: 5 })));
    expect(() => loadTorchWeights(layer, wide)).toThrow(ShapeError);
    expect(() => loadTorchWeights(layer, wide)).toThrow(
      "rnn_cell.backbone.0.weight: expected shape [2, 7], received [5, 7]",
    );
    const pure = torchWeights(build(new CfC({ units: 3, backboneUnits: 2, mode: "pure" })));
    expect(() => loadTorchWeights(layer, pure)).toThrow(
      /missing: .*ff2.*; extra: rnn_cell\.w_tau, rnn_cell\.A/,
    );
    const short = new Map(own).set("rnn_cell.ff1.bias", { shape: [3], data: new Float32Array(2) });
    expect(() => loadTorchWeights(layer, short)).toThrow(ShapeError);
    expect(() => loadTorchWeights(layer, new Map())).toThrow(CheckpointError);
    expect(torchWeights(layer)).toEqual(own);
    layer.dispose();
  });

  it("require a built layer with a counterpart in ncps", () => {
    expect(() => torchWeights(new CfC({ units: 3 }))).toThrow(InvalidStateError);
    const wrong: [BridgedLayer, RegExp][] = [
      [new CfC({ units: 3, flavour: "tf" }), /new CfC\(\{ \.\.\., flavour: "torch" \}\)/],
      [new CfC({ wiring, recurrence: "wired" }), /recurrence: "layer"/],
      [new LTC({ units: 3, projSize: 2 }), /projSize/],
    ];
    for (const [layer, message] of wrong) {
      build(layer);
      expect(() => torchWeights(layer)).toThrow(InvalidArgumentError);
      expect(() => loadTorchWeights(layer, new Map())).toThrow(message);
      layer.dispose();
    }
  });
});
