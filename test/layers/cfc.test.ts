import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { countWeights, distance, saveAndLoad, weightValues } from "./layer-helpers.js";

const small = { units: 5, backboneUnits: 6, seed: 1 } as const;

function build(options: Partial<CfCOptions> = {}, features = 3): CfC {
  const layer = new CfC({ ...small, ...options });
  layer.build([null, null, features]);
  return layer;
}

describe("CfC", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("has 74,112 weights with 256 inputs and 64 units", () => {
    const layer = new CfC({ units: 64, seed: 0 });
    layer.build([null, null, 256]);
    expect(countWeights(layer)).toBe(74_112);
    expect(layer.countParams()).toBe(74_112);
    layer.dispose();
  });

  it("initialises weights according to its flavour", () => {
    const torch = build();
    const bound = Math.sqrt(6 / (8 + 6));
    const kernel = torch.variables.get("cfc/backbone1/kernel")!.dataSync();
    expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...kernel.map(Math.abs))).toBeGreaterThan(0.8 * bound);
    const heads = torch.variables.get("cfc/heads/kernel")!.dataSync();
    expect(Math.max(...heads.map(Math.abs))).toBeGreaterThan(0.9 * Math.sqrt(6 / (6 + 5)));
    const bias = torch.variables.get("cfc/backbone1/bias")!.dataSync();
    expect(Math.max(...bias.map(Math.abs))).toBeGreaterThan(0);
    expect(Math.max(...bias.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(8));
    const keras = build({ flavour: "tf", mode: "pure" });
    expect([...keras.variables.keys()]).toEqual([
      "cfc/backbone1/kernel",
      "cfc/backbone1/bias",
      "cfc/heads/kernel",
      "cfc/heads/bias",
      "cfc/w_tau",
      "cfc/a",
    ]);
    expect(Array.from(keras.variables.get("cfc/heads/bias")!.dataSync())).toEqual(new Array(5).fill(0));
    expect(Array.from(keras.variables.get("cfc/w_tau")!.dataSync())).toEqual(new Array(5).fill(0));
    expect(Array.from(keras.variables.get("cfc/a")!.dataSync())).toEqual(new Array(5).fill(1));
    torch.dispose();
    keras.dispose();
  });

  it("initialises the same weights from the same seed, under the same names, even with another layer of its class", () => {
    const [first, second, other] = [build(), build(), build({ seed: 2 })];
    expect(weightValues(first)).toEqual(weightValues(second));
    expect(weightValues(first)).not.toEqual(weightValues(other));
    const names = [first, second, other].flatMap((layer) =>
      [...layer.variables.values()].map(({ name }) => name),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const layer of [first, second, other]) layer.dispose();
  });

  it("scans with states, resets, masks and elapsed time, and projects the outputs", () => {
    const layer = build({ projSize: 2 });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([4, 6, 3], 0, 1, "float32", 1);
      const whole = layer.scan(x);
      expect(whole.outputs.shape).toEqual([4, 6, 2]);
      expect(whole.state.shape).toEqual([4, 5]);
      const first = layer.scan(tf.slice(x, [0, 0, 0], [4, 2, 3]), { state: layer.initialState(4) });
      const second = layer.scan(tf.slice(x, [0, 2, 0], [4, 4, 3]), { state: first.state });
      expect(distance(tf.concat([first.outputs, second.outputs], 1), whole.outputs)).toBeLessThan(1e-6);
      const resets = tf.tensor2d([0, 1, 0, 0, 0, 0], [1, 6]);
      const row = tf.slice(x, 0, 1);
      const cleared = layer.scan(row, { state: tf.ones([1, 5]), resets });
      const fresh = layer.scan(tf.slice(row, [0, 1, 0], [1, 5, 3]));
      expect(distance(cleared.state, fresh.state)).toBeLessThan(1e-6);
      const slow = layer.scan(x, { elapsed: 0.1, mask: tf.ones([4, 6]) });
      expect(distance(slow.state, whole.state)).toBeGreaterThan(1e-3);
    });
    layer.dispose();
  });

  it("returns the same shapes as tfjs's recurrent layers", () => {
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 4, 3], 0, 1, "float32", 1);
      const forms: [Partial<CfCOptions>, number[][]][] = [
        [{}, [[2, 5]]],
        [{ projSize: 7 }, [[2, 7]]],
        [{ returnSequences: true }, [[2, 4, 5]]],
        [
          { returnState: true, projSize: 7 },
          [
            [2, 7],
            [2, 5],
          ],
        ],
      ];
      for (const [options, shapes] of forms) {
        const layer = new CfC({ ...small, ...options });
        const outputs = [layer.apply(x) as tf.Tensor | tf.Tensor[]].flat();
        expect(outputs.map(({ shape }) => shape)).toEqual(shapes);
        const predicted = [layer.computeOutputShape([2, 4, 3])].flat(shapes.length > 1 ? 1 : 0);
        expect(predicted).toEqual(shapes);
        const { outputs: all } = layer.scan(x);
        const last = options.returnSequences ? all : tf.squeeze(tf.slice(all, [0, 3, 0], [2, 1, -1]), [1]);
        expect(distance(outputs[0], last)).toBeLessThan(1e-6);
        layer.dispose();
      }
    });
  });

  it("runs backwards", () => {
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 4, 3], 0, 1, "float32", 1);
      const backwards = build({ goBackwards: true, returnSequences: true });
      const forwards = build({ returnSequences: true });
      expect(distance(backwards.apply(x) as tf.Tensor, forwards.apply(tf.reverse(x, 1)) as tf.Tensor)).toBe(
        0,
      );
      backwards.dispose();
      forwards.dispose();
    });
  });

  it("honours a Masking layer", () => {
    const model = tfl.sequential({
      layers: [tfl.layers.masking({ maskValue: 0, inputShape: [4, 3] }), new CfC({ ...small })],
    });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([1, 2, 3], 0, 1, "float32", 1);
      const padded = tf.concat([x, tf.zeros([1, 2, 3])], 1);
      const layer = model.layers[1] as CfC;
      expect(distance(model.predict(padded) as tf.Tensor, layer.scan(x).state)).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it("returns masks in the order of its outputs when it runs backwards", () => {
    const backwards = { goBackwards: true, returnSequences: true };
    const model = tfl.sequential({
      layers: [
        tfl.layers.masking({ maskValue: 0, inputShape: [null, 3] }),
        new CfC({ ...small, ...backwards, name: "first" }),
        new CfC({ ...small, goBackwards: true, name: "second" }),
      ],
    });
    const tensors = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([1, 2, 3], 0, 1, "float32", 1);
      const padded = tf.concat([x, tf.zeros([1, 2, 3])], 1);
      const [whole, part] = [padded, x].map((input) => model.predict(input) as tf.Tensor);
      expect(distance(whole, part)).toBeLessThan(1e-6);
    });
    expect(tf.memory().numTensors).toBe(tensors);
    model.dispose();
  });

  it("takes a state and elapsed times as further inputs of a model", async () => {
    const x = tfl.input({ shape: [4, 3] });
    const elapsed = tfl.input({ shape: [4, 1] });
    const state = tfl.input({ shape: [5] });
    const layer = new CfC({ ...small, returnState: true });
    const outputs = layer.apply([x, elapsed, state]) as tfl.SymbolicTensor[];
    const model = tfl.model({ inputs: [x, elapsed, state], outputs });
    const loaded = await saveAndLoad(model);
    tf.tidy(() => {
      const inputs = [tf.randomNormal([2, 4, 3]), tf.fill([2, 4, 1], 0.3), tf.ones([2, 5])];
      const expected = layer.scan(inputs[0] as tf.Tensor3D, {
        elapsed: 0.3,
        state: inputs[2] as tf.Tensor2D,
      });
      for (const either of [model, loaded]) {
        const [, last] = either.predict(inputs) as tf.Tensor[];
        expect(distance(last, expected.state)).toBeLessThan(1e-6);
      }
    });
    model.dispose();
    loaded.dispose();
  });

  it("saves and loads with every option, and learns in fit", async () => {
    const layer = new CfC({
      units: 4,
      mode: "no_gate",
      flavour: "tf",
      activation: "silu",
      backboneUnits: 6,
      backboneLayers: 2,
      projSize: 3,
      returnSequences: true,
      inputShape: [null, 2],
      name: "core",
      seed: 3,
    });
    const model = tfl.sequential({ layers: [layer, tfl.layers.dense({ units: 1 })] });
    model.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" });
    const x = tf.randomNormal([16, 5, 2], 0, 1, "float32", 1);
    const y = tf.sum(x, 2, true);
    const history = await model.fit(x, y, { epochs: 10, shuffle: false, verbose: 0 });
    const losses = history.history.loss as number[];
    expect(losses[9]).toBeLessThan(0.5 * losses[0]);
    const loaded = await saveAndLoad(model);
    expect(loaded.layers[0].getConfig()).toEqual(layer.getConfig());
    expect(distance(loaded.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor)).toBe(0);
    expect([...(loaded.layers[0] as CfC).variables.keys()]).toEqual([...layer.variables.keys()]);
    tf.dispose([x, y]);
    model.dispose();
    loaded.dispose();
  });

  it("loads into a model whose layer was already built", async () => {
    const layer = build({ name: "hand" });
    const x = tfl.input({ shape: [4, 3] });
    const model = tfl.model({ inputs: x, outputs: layer.apply(x) as tfl.SymbolicTensor });
    const loaded = await saveAndLoad(model);
    const input = tf.randomNormal([2, 4, 3]);
    expect(distance(loaded.predict(input) as tf.Tensor, model.predict(input) as tf.Tensor)).toBe(0);
    input.dispose();
    model.dispose();
    loaded.dispose();
  });

  it("frees its weights and leaks no tensors", () => {
    const gradient = (layer: CfC, x: tf.Tensor3D) => {
      const { value, grads } = tf.variableGrads(() => tf.sum(layer.scan(x).outputs) as tf.Scalar);
      expect(Object.keys(grads)).toHaveLength(6);
      tf.dispose([value, grads]);
      const { outputs, state } = layer.scan(x);
      tf.dispose([outputs, state]);
    };
    const x = tf.ones<tf.Rank.R3>([2, 3, 3]);
    const warm = build({ projSize: 2 });
    gradient(warm, x); // creates the constants that are kept
    warm.dispose();
    const before = tf.memory().numTensors;
    const layer = build({ projSize: 2 });
    const built = tf.memory().numTensors;
    expect(built - before).toBe(6);
    for (let i = 0; i < 3; i++) {
      gradient(layer, x);
      expect(tf.memory().numTensors).toBe(built);
    }
    layer.dispose();
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("names the invalid option or tensor", () => {
    const wrong: [string, object][] = [
      ["units", { units: 0 }],
      ["mode", { mode: "gated" }],
      ["flavour", { flavour: "jax" }],
      ["activation", { activation: "selu" }],
      ["backboneUnits", { backboneUnits: 1.5 }],
      ["backboneLayers", { backboneLayers: -1 }],
      ["projSize", { projSize: 0 }],
    ];
    for (const [argument, options] of wrong) {
      expect(() => new CfC({ ...small, ...options }), argument).toThrow(InvalidArgumentError);
      expect(() => new CfC({ ...small, ...options })).toThrow(`${argument}: `);
    }
    expect(() => new CfC(small).variables).toThrow(InvalidStateError);
    expect(() => new CfC(small).build([null, null, null])).toThrow(ShapeError);
    const layer = build();
    tf.tidy(() => {
      expect(() => layer.scan(tf.zeros([2, 3]) as unknown as tf.Tensor3D)).toThrow(ShapeError);
      expect(() => layer.scan(tf.zeros([2, 0, 3]))).toThrow("at least one step");
      expect(() => layer.scan(tf.zeros([2, 3, 4]))).toThrow("weights.backbone[0].kernel");
      expect(() => layer.scan(tf.zeros([2, 3, 3]), { state: tf.zeros([3, 5]) })).toThrow(
        "state: expected shape [2, 5]",
      );
      expect(() => layer.scan(tf.zeros([2, 3, 3]), { elapsed: Number.NaN })).toThrow("elapsed: ");
    });
    layer.dispose();
  });
});
