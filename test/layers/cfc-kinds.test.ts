import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/core/errors.js";
import { CfC, type CfCOptions } from "../../src/layers/cfc.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { AutoNCP, FullyConnected, NCP, RandomWiring } from "../../src/wirings/index.js";
import { cfcKinds, wiring } from "./cfc-kinds.js";
import { countWeights, distance } from "./layer-helpers.js";

const ncp = new NCP({
  interNeurons: 10,
  commandNeurons: 10,
  motorNeurons: 8,
  sensoryFanout: 6,
  interFanout: 6,
  recurrentCommandSynapses: 4,
  motorFanin: 6,
});

function build(options: CfCOptions, features = 3): CfC {
  const layer = new CfC({ seed: 1, ...options });
  layer.build([null, null, features]);
  return layer;
}

describe("CfC of every kind", () => {
  beforeAll(async () => {
    await useBackend("wasm");
  });

  it("has the shapes that ncps's tests expect", () => {
    const shapes: [CfCOptions, features: number, output: number, state: number][] = [
      [{ units: 32 }, 8, 32, 32],
      [{ units: 32, projSize: 10 }, 8, 10, 32],
      [{ wiring: ncp }, 8, 8, 28],
      [{ wiring: new AutoNCP({ units: 28, outputSize: 10 }) }, 8, 10, 28],
      [{ wiring: new AutoNCP({ units: 28, outputSize: 10 }), mixedMemory: true }, 8, 10, 56],
      [{ wiring: new FullyConnected({ units: 8, outputDim: 3 }), projSize: 2 }, 4, 2, 8],
      [{ units: 8, mixedMemory: true, flavour: "tf" }, 2, 8, 16],
    ];
    for (const [options, features, output, state] of shapes) {
      const layer = build(options, features);
      expect([layer.outputSize, layer.stateSize]).toEqual([output, state]);
      tf.tidy(() => {
        const x = tf.zeros<tf.Rank.R3>([5, 3, features]);
        const scanned = layer.scan(x);
        expect(scanned.outputs.shape).toEqual([5, 3, output]);
        expect(scanned.state.shape).toEqual([5, state]);
        expect((layer.apply(x) as tf.Tensor).shape).toEqual([5, output]);
        expect(layer.initialState(5).shape).toEqual([5, state]);
      });
      layer.dispose();
    }
  });

  it("has as many weights as in ncps", () => {
    const counts: [CfCOptions, features: number, weights: number][] = [
      [{ wiring: new AutoNCP({ units: 16, outputSize: 4 }) }, 4, 768],
      [{ wiring: new AutoNCP({ units: 32, outputSize: 4 }) }, 16, 3844],
      [{ units: 6, backboneUnits: 7, mixedMemory: true }, 4, 533],
      [{ units: 6, backboneUnits: 7, mixedMemory: true, flavour: "tf" }, 4, 547],
    ];
    for (const [options, features, weights] of counts) {
      const layer = build(options, features);
      expect(countWeights(layer)).toBe(weights);
      expect(layer.countParams()).toBe(weights);
      layer.dispose();
    }
  });

  it.each(cfcKinds)("works in tf.layers.bidirectional: %s", (_, options) => {
    const layer = new CfC({ ...options, returnSequences: true });
    const both = tfl.layers.bidirectional({ layer: layer as never, mergeMode: "concat" });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 4, 3], 0, 1, "float32", 1);
      const y = both.apply(x) as tf.Tensor;
      expect(y.shape).toEqual([2, 4, 2 * layer.outputSize]);
      expect(both.computeOutputShape([2, 4, 3])).toEqual(y.shape);
      // Both directions have the given seed, so one layer on the reversed sequence is the backward direction.
      const one = build(options);
      const there = one.scan(x).outputs;
      const back = tf.reverse(one.scan(tf.reverse(x, 1)).outputs, 1);
      expect(distance(y, tf.concat([there, back], 2))).toBeLessThan(1e-6);
      one.dispose();
    });
    both.dispose();
  });

  it("merges both directions in every way, with states and a mask", () => {
    for (const mergeMode of ["sum", "mul", "ave", "concat"] as const) {
      const layer = new CfC({ wiring, returnState: true, seed: 1 });
      const both = tfl.layers.bidirectional({ layer: layer as never, mergeMode });
      const input = tfl.input({ shape: [4, 3] });
      const masked = tfl.layers.masking({ maskValue: 0 }).apply(input) as tfl.SymbolicTensor;
      const model = tfl.model({ inputs: input, outputs: both.apply(masked) as tfl.SymbolicTensor[] });
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R3>([2, 2, 3], 0, 1, "float32", 1);
        const outputs = model.predict(tf.concat([x, tf.zeros([2, 2, 3])], 1)) as tf.Tensor[];
        expect(outputs.map(({ shape }) => shape)).toEqual([
          [2, mergeMode === "concat" ? 8 : 4],
          [2, 16],
          [2, 16],
        ]);
        const one = build({ wiring });
        expect(distance(outputs[1], one.scan(x).state)).toBeLessThan(1e-6);
        expect(distance(outputs[2], one.scan(tf.reverse(x, 1)).state)).toBeLessThan(1e-6);
        one.dispose();
      });
      model.dispose();
    }
  });

  it("trains stacked, bidirectional and with dropout, on a sine", async () => {
    const steps = 16;
    const phase = (row: number, step: number) => (2 * Math.PI * (row + step)) / steps;
    const x = tf.tensor3d(
      Array.from({ length: 4 }, (_, row) =>
        Array.from({ length: steps }, (_, step) => [Math.sin(phase(row, step)), Math.cos(phase(row, step))]),
      ),
    );
    const y = tf.tensor3d(
      Array.from({ length: 4 }, (_, row) =>
        Array.from({ length: steps }, (_, step) => [Math.sin(2 * phase(row, step))]),
      ),
    );
    const stacks: tfl.layers.Layer[][] = [
      [
        new CfC({
          units: 8,
          backboneUnits: 16,
          backboneLayers: 2,
          backboneDropout: 0.1,
          returnSequences: true,
          seed: 1,
        }),
        new CfC({
          wiring: new AutoNCP({ units: 16, outputSize: 4 }),
          mixedMemory: true,
          returnSequences: true,
          seed: 2,
        }),
      ],
      [
        tfl.layers.bidirectional({
          layer: new CfC({ wiring: ncp, returnSequences: true, flavour: "tf", seed: 3 }) as never,
          mergeMode: "concat",
        }),
        new CfC({
          wiring: new RandomWiring({ units: 8, outputDim: 2, sparsity: 0.5 }),
          returnSequences: true,
          seed: 4,
        }),
      ],
    ];
    for (const layers of stacks) {
      const model = tfl.sequential();
      layers[0].batchInputShape = [null, steps, 2];
      for (const layer of layers) model.add(layer);
      model.add(
        tfl.layers.dense({ units: 1, kernelInitializer: tfl.initializers.glorotUniform({ seed: 5 }) }),
      );
      model.compile({ optimizer: tf.train.adam(0.01), loss: "meanSquaredError" });
      const { history } = await model.fit(x, y, { epochs: 40, shuffle: false, verbose: 0 });
      expect((history.loss as number[])[39]).toBeLessThan(0.5 * (history.loss as number[])[0]);
      model.dispose();
    }
    tf.dispose([x, y]);
  });

  it("drops units in training mode only", () => {
    const layer = build({ units: 4, flavour: "tf", backboneDropout: 0.5 });
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R3>([2, 4, 3], 0, 1, "float32", 1);
      const plain = layer.apply(x) as tf.Tensor;
      expect(distance(layer.apply(x, { training: false }) as tf.Tensor, plain)).toBe(0);
      expect(distance(layer.apply(x, { training: true }) as tf.Tensor, plain)).toBeGreaterThan(1e-3);
      expect(distance(layer.scan(x, { training: true }).state, plain)).toBeGreaterThan(1e-3);
    });
    layer.dispose();
  });

  it("shares one wiring between layers", () => {
    const [first, second] = [build({ wiring }), build({ wiring }, 7)];
    tf.tidy(() => {
      const { state } = first.scan(tf.ones([1, 2, 3]));
      expect(distance(build({ wiring }).scan(tf.ones([1, 2, 3])).state, state)).toBe(0);
      expect(second.scan(tf.ones([1, 2, 7])).outputs.shape).toEqual([1, 2, 4]);
    });
    first.dispose();
    second.dispose();
  });

  it("frees everything", () => {
    for (const [name, options] of cfcKinds) {
      const pass = (layer: CfC) =>
        tf.tidy(
          () =>
            void tf.variableGrads(() => tf.sum(layer.scan(tf.ones([2, 3, 3]), { training: true }).outputs)),
        );
      const warm = build(options);
      pass(warm); // creates the constants that are kept
      warm.dispose();
      const before = tf.memory().numTensors;
      const layer = build(options);
      const built = tf.memory().numTensors;
      pass(layer);
      expect(tf.memory().numTensors, name).toBe(built);
      layer.dispose();
      layer.dispose();
      expect(tf.memory().numTensors, name).toBe(before);
    }
  });

  it("rejects options that cannot be combined", () => {
    const wrong: [string, CfCOptions][] = [
      ["units", {}],
      ["units", { units: 4, wiring }],
      ["backboneUnits", { wiring, backboneUnits: 4 }],
      ["backboneLayers", { wiring, backboneLayers: 2 }],
      ["backboneDropout", { wiring, backboneDropout: 0.1 }],
      ["activation", { wiring, activation: "relu" }],
      ["recurrence", { units: 4, recurrence: "wired" }],
      ["recurrence", { wiring, recurrence: "dense" as never }],
      ["wiring", { wiring: {} as never }],
    ];
    for (const [argument, options] of wrong) {
      expect(() => new CfC(options), argument).toThrow(InvalidArgumentError);
      expect(() => new CfC(options)).toThrow(`${argument}: `);
    }
  });
});
