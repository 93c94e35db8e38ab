import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError, ShapeError } from "../../src/core/errors.js";
import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import { LTC } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { cfcKinds, wiring } from "./cfc-kinds.js";
import { distance } from "./layer-helpers.js";

function build(options: CfCOptions, features = 3): CfC {
  const layer = new CfC({ seed: 1, ...options });
  layer.build([null, null, features]);
  return layer;
}

describe("RecurrentLayer", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("starts from a given state, passed in either way", () => {
    const layer = build({ wiring, mixedMemory: true });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 4, 3], 0, 1, "float32", 1);
      const state = tf.randomNormal<tf.Rank.R2>([2, 32], 0, 1, "float32", 2);
      const expected = tf.squeeze(tf.slice(layer.scan(x, { state }).outputs, [0, 3, 0], [2, 1, 4]), [1]);
      expect(distance(layer.apply([x, state]) as tf.Tensor, expected)).toBeLessThan(1e-6);
      expect(distance(layer.apply(x, { initialState: [state] }) as tf.Tensor, expected)).toBeLessThan(1e-6);
    });
    layer.dispose();
  });

  it("continues from the previous call if it is stateful", () => {
    const before = tf.memory().numTensors;
    const layer = build({ wiring, stateful: true, returnSequences: true });
    const model = tfl.sequential();
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 6, 3], 0, 1, "float32", 1);
      const whole = layer.scan(x).outputs;
      const parts = [0, 2, 4].map((from) => layer.apply(tf.slice(x, [0, from, 0], [2, 2, 3])) as tf.Tensor);
      expect(distance(tf.concat(parts, 1), whole)).toBeLessThan(1e-6);
      expect(layer.states[0]?.shape).toEqual([2, 16]);
      expect(() => layer.apply(tf.zeros([3, 2, 3]))).toThrow(ShapeError);
      layer.resetStates();
      expect(distance(layer.apply(x) as tf.Tensor, whole)).toBeLessThan(1e-6);
    });
    layer.batchInputShape = [2, 6, 3];
    model.add(layer);
    expect(model.stateful).toBe(true);
    model.resetStates();
    expect(layer.states).toEqual([null]);
    model.dispose();
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => new CfC({ units: 2 }).resetStates()).toThrow(InvalidStateError);
  });

  it("lets no gradient flow between calls of a stateful layer", () => {
    const layer = new CfC({ units: 3, stateful: true, seed: 0 });
    layer.build([null, null, 2]);
    const twice = (x: tf.Tensor) => {
      layer.resetStates();
      layer.apply(x);
      return tf.sum(layer.apply(tf.ones([1, 1, 2])) as tf.Tensor);
    };
    const gradient = tf.grad(twice)(tf.ones([1, 2, 2]));
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 0]);
    layer.dispose();
    gradient.dispose();
  });

  it.each(cfcKinds)("learns with stateful: true and keeps only one tensor: %s", async (_, options) => {
    const layer = new CfC({ ...options, stateful: true, batchInputShape: [2, 3, 3] });
    const model = tfl.sequential({ layers: [layer, tfl.layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const [x, y] = [tf.ones([4, 3, 3]), tf.ones([4, 1])];
    const train = () => model.fit(x, y, { batchSize: 2, epochs: 1, verbose: 0 });
    await train();
    const before = tf.memory().numTensors;
    const kept = layer.states[0]!.dataSync();
    await train();
    expect(tf.memory().numTensors).toBe(before);
    expect(layer.states[0]!.dataSync()).not.toEqual(kept);
    model.dispose();
    expect(tf.memory().numTensors).toBeLessThan(before);
    tf.dispose([x, y]);
  });

  it.each([
    ["CfC", () => new CfC({ units: 4, seed: 1, projSize: 2 })],
    ["LTC", () => new LTC({ units: 4, seed: 1, projSize: 2 })],
  ])("scans sequences in pieces as in one, resets included: %s", (_, make) => {
    const layer = make();
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 5, 3], 0, 1, "float32", 1);
      const resets = tf.tensor2d([
        [0, 0, 0, 1, 0],
        [0, 1, 0, 0, 0],
      ]);
      const whole = layer.scan(x, { resets });
      const cut = (t: tf.Tensor, from: number, size: number) =>
        tf.slice(
          t,
          [0, from, ...new Array(t.rank - 2).fill(0)],
          [2, size, ...new Array(t.rank - 2).fill(-1)],
        );
      const first = layer.scan(cut(x, 0, 2) as tf.Tensor3D, { resets: cut(resets, 0, 2) });
      const rest = layer.scan(cut(x, 2, 3) as tf.Tensor3D, { resets: cut(resets, 2, 3), state: first.state });
      expect(whole.outputs.shape).toEqual([2, 5, 2]);
      expect(distance(tf.concat([first.outputs, rest.outputs], 1), whole.outputs)).toBeLessThan(1e-6);
      expect(distance(rest.state, whole.state)).toBeLessThan(1e-6);
    });
    layer.dispose();
  });

  it("announces the shapes that it gives", () => {
    const shapes = (options: CfCOptions) =>
      new CfC({ units: 4, ...options }).computeOutputShape([null, 7, 3]);
    expect(shapes({})).toEqual([null, 4]);
    expect(shapes({ projSize: 2, returnSequences: true })).toEqual([null, 7, 2]);
    expect(shapes({ returnState: true, mixedMemory: true })).toEqual([
      [null, 4],
      [null, 8],
    ]);
  });

  it("names what is wrong", () => {
    expect(() => new CfC({ units: 2, projSize: 0 })).toThrow(InvalidArgumentError);
    expect(() => new CfC({ units: 2, batch_first: true } as never)).toThrow(/\[batch, time, features\]/);
    const layer = build({ units: 2 });
    expect(() => tf.tidy(() => layer.scan(tf.ones([2, 3]) as never).outputs)).toThrow(ShapeError);
    expect(() => new CfC({ units: 2 }).build([null, 3])).toThrow(ShapeError);
    layer.dispose();
  });
});
