import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.js";
import { LTC, type LTCOptions } from "../../src/layers/ltc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP } from "../../src/wirings/auto-ncp.js";
import { NCP } from "../../src/wirings/ncp.js";
import { countWeights, distance, saveAndLoad, weightValues } from "./layer-helpers.js";

const wiring = new AutoNCP({ units: 10, outputSize: 2 });

function build(options: Partial<LTCOptions> = {}, features = 3): LTC {
  const layer = new LTC({ wiring, seed: 1, ...options });
  layer.build([null, null, features]);
  return layer;
}

describe("LTC", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it.each([
    { units: 8, outputs: 1, features: 2, weights: 350 },
    { units: 32, outputs: 4, features: 16, weights: 6280 },
  ])("has as many weights as ncps: %o", ({ units, outputs, features, weights }) => {
    const layer = build({ wiring: new AutoNCP({ units, outputSize: outputs }) }, features);
    expect(countWeights(layer)).toBe(weights);
    expect(layer.countParams()).toBe(weights);
    layer.dispose();
  });

  it("connects all neurons if only their number is given", () => {
    const layer = new LTC({ units: 4, seed: 0 });
    layer.build([null, null, 3]);
    expect([layer.units, layer.outputSize]).toEqual([4, 4]);
    expect(layer.cell.builtWiring.synapseCount).toBe(16);
    layer.dispose();
  });

  it("initialises the same weights from the same seed, and can share its wiring", () => {
    const [first, second, other] = [build(), build(), build({ seed: 2 })];
    expect(weightValues(first)).toEqual(weightValues(second));
    expect(weightValues(first)).not.toEqual(weightValues(other));
    expect(second.cell.builtWiring.adjacency).toEqual(first.cell.builtWiring.adjacency);
    const wider = build({}, 5);
    expect(wider.cell.builtWiring.inputDim).toBe(5);
    for (const layer of [first, second, other, wider]) layer.dispose();
  });

  it("gives the same in chunks as in one scan, with resets, masks and elapsed time", () => {
    const layer = build();
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([4, 6, 3], 0, 1, "float32", 1);
      const elapsed = tf.randomUniform([4, 6], 0, 2, "float32", 2);
      const mask = tf.cast(tf.greater(tf.randomUniform([4, 6], 0, 1, "float32", 3), 0.2), "float32");
      const resets = tf.cast(tf.greater(tf.randomUniform([4, 6], 0, 1, "float32", 4), 0.8), "float32");
      const whole = layer.scan(x, { elapsed, mask, resets });
      expect(whole.outputs.shape).toEqual([4, 6, 2]);
      expect(whole.state.shape).toEqual([4, 10]);
      const piece = (begin: number, size: number, state: tf.Tensor2D) => {
        const cut = (flags: tf.Tensor) => tf.slice(flags, [0, begin], [4, size]);
        const options = { state, elapsed: cut(elapsed), mask: cut(mask), resets: cut(resets) };
        return layer.scan(tf.slice(x, [0, begin, 0], [4, size, 3]), options);
      };
      const first = piece(0, 2, layer.initialState(4));
      const second = piece(2, 4, first.state);
      expect(distance(tf.concat([first.outputs, second.outputs], 1), whole.outputs)).toBeLessThan(1e-6);
      expect(distance(second.state, whole.state)).toBeLessThan(1e-6);
    });
    layer.dispose();
  });

  it("works in tf.sequential: learns, saves and loads", async () => {
    const ncp = new NCP({
      interNeurons: 6,
      commandNeurons: 4,
      motorNeurons: 1,
      sensoryFanout: 3,
      interFanout: 2,
      recurrentCommandSynapses: 3,
      motorFanin: 2,
    });
    const layer = new LTC({
      wiring: ncp,
      returnSequences: true,
      seed: 0,
      inputShape: [null, 2],
      odeUnfolds: 3,
    });
    const model = tfl.sequential({ layers: [layer] });
    const x = tf.randomNormal([4, 8, 2], 0, 1, "float32", 1);
    const y = tf.cumsum(tf.slice(x, [0, 0, 0], [4, 8, 1]), 1);
    model.compile({ optimizer: tf.train.adam(0.02), loss: "meanSquaredError" });
    const { history } = await model.fit(x, y, { epochs: 15, verbose: 0 });
    expect(history.loss.at(-1)).toBeLessThan(0.9 * (history.loss[0] as number));
    const loaded = await saveAndLoad(model);
    const again = loaded.layers[0] as LTC;
    expect(again.cell.wiring.toJSON()).toEqual(ncp.toJSON());
    expect(again.getConfig()).toEqual(layer.getConfig());
    expect(Object.values(weightValues(again))).toEqual(Object.values(weightValues(layer)));
    tf.tidy(() => {
      expect(distance(loaded.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor)).toBe(0);
    });
    tf.dispose([x, y]);
    model.dispose();
    loaded.dispose();
  });

  it("takes states and times in tf.model and returns the requested outputs", () => {
    const inputs = [tfl.input({ shape: [5, 3] }), tfl.input({ shape: [10] }), tfl.input({ shape: [5, 1] })];
    const layer = new LTC({ wiring, seed: 1, returnState: true, goBackwards: true });
    const model = tfl.model({ inputs, outputs: layer.apply(inputs) as tfl.SymbolicTensor[] });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 5, 3], 0, 1, "float32", 1);
      const state = tf.randomNormal<tf.Rank.R2>([2, 10], 0, 1, "float32", 2);
      const elapsed = tf.randomUniform([2, 5, 1], 0, 2, "float32", 3);
      const [output, last] = model.predict([x, state, elapsed]) as tf.Tensor[];
      const expected = layer.scan(tf.reverse(x, 1), { state, elapsed: tf.reverse(elapsed, 1) });
      expect(distance(last, expected.state)).toBeLessThan(1e-6);
      expect(
        distance(output, tf.reshape(tf.slice(expected.outputs, [0, 4, 0], [2, 1, 2]), [2, 2])),
      ).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it("honours masks of layers before it", () => {
    const model = tfl.sequential({
      layers: [tfl.layers.masking({ maskValue: -1, inputShape: [4, 3] }), new LTC({ wiring, seed: 1 })],
    });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 2, 3], 0, 1, "float32", 1);
      const padded = tf.concat([x, tf.fill([2, 2, 3], -1)], 1);
      const expected = (model.layers[1] as LTC).scan(x).outputs;
      const last = tf.reshape(tf.slice(expected, [0, 1, 0], [2, 1, 2]), [2, 2]);
      expect(distance(model.predict(padded) as tf.Tensor, last)).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it("leaks no tensors", () => {
    const before = tf.memory().numTensors;
    const layer = build();
    const x = tf.ones<tf.Rank.R3>([2, 3, 3]);
    for (let i = 0; i < 2; i++) {
      const { value, grads } = tf.variableGrads(() => tf.sum(layer.forward(x)) as tf.Scalar);
      tf.dispose([value, grads]);
    }
    x.dispose();
    layer.dispose();
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 1); // the constant 1
  });

  it("rejects invalid options and shapes", () => {
    const layer = build();
    expect(() => layer.scan(tf.zeros([2, 3]) as unknown as tf.Tensor3D)).toThrow(ShapeError);
    expect(() => layer.scan(tf.zeros([2, 3, 4]))).toThrow(ShapeError);
    expect(() => layer.scan(tf.zeros([2, 0, 3]))).toThrow("at least one step");
    expect(() => layer.scan(tf.zeros([2, 3, 3]), { elapsed: [Number.NaN, 1] })).toThrow("elapsed: ");
    expect(() => new LTC({ wiring }).build([null, 3])).toThrow(ShapeError);
    expect(() => new LTC({ wiring }).variables).toThrow("build");
    layer.dispose();
  });
});
