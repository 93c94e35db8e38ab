import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { NcpsError } from "../../src/core/errors.js";
import {
  CfCActorCritic,
  ConvCfCActorCritic,
  MlpActorCritic,
  NatureActorCritic,
  type NetworkActorCritic,
} from "../../src/models/index.js";
import { getWeights, setWeights } from "../../src/models/weights.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../src/spaces/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const frames = new Box({ low: 0, high: 255, shape: [84, 84, 4], dtype: "uint8" });
const vector = new Box({ low: -1, high: 1, shape: [3] });
const actionSpace = new Discrete(4);

function using<T>(model: NetworkActorCritic, look: (model: NetworkActorCritic) => T): T {
  try {
    return look(model);
  } finally {
    model.dispose();
  }
}

describe("initial weights of labml's network", () => {
  it("are torch's own in every layer, heads included: uniform within 1 / sqrt(inputs)", () => {
    const model = new NatureActorCritic({
      observationSpace: frames,
      actionSpace,
      initializer: "torchUniform",
      seed: 0,
    });
    using(model, ({ variables }) => {
      for (const [name, variable] of variables) {
        const kernel = variables.get(name.replace(/bias$/, "kernel"))!;
        const bound = 1 / Math.sqrt(kernel.size / kernel.shape[kernel.rank - 1]);
        const values = variable.dataSync<"float32">();
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(largest, name).toBeLessThanOrEqual(bound * (1 + 1e-6));
        if (values.length < 100) continue;
        expect(largest, name).toBeGreaterThan(0.98 * bound);
        const meanSquare = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
        expect(Math.sqrt(3 * meanSquare) / bound, name).toBeCloseTo(1, 1); // that of a uniform distribution
      }
    });
  });
});

describe("parameter totals", () => {
  it("of the ncps guide: 1,515,013", () => {
    for (const flavour of ["tf", "torch"] as const) {
      const model = new ConvCfCActorCritic({ observationSpace: frames, actionSpace, flavour, seed: 0 });
      expect(using(model, (m) => m.countParams())).toBe(1_515_013);
    }
  });

  it("of labml's network: 1,686,693", () => {
    const model = new NatureActorCritic({
      observationSpace: frames,
      actionSpace,
      initializer: "torchUniform",
      seed: 0,
    });
    expect(using(model, (m) => m.countParams())).toBe(1_686_693);
  });

  it("of the small networks", () => {
    const mlp = new MlpActorCritic({ observationSpace: vector, actionSpace, hiddenUnits: [64, 64], seed: 0 });
    const body = 3 * 64 + 64 + 64 * 64 + 64;
    expect(using(mlp, (m) => m.countParams())).toBe(2 * body + 64 * 4 + 4 + 64 + 1);
    const shared = new MlpActorCritic({
      observationSpace: vector,
      actionSpace,
      hiddenUnits: [64, 64],
      shared: true,
      seed: 0,
    });
    expect(using(shared, (m) => m.countParams())).toBe(body + 64 * 4 + 4 + 64 + 1);
  });
});

describe("apply", () => {
  it("of a recurrent network gives the same results over a sequence as step by step, including resets", () => {
    const model = new CfCActorCritic({
      observationSpace: vector,
      actionSpace,
      units: 8,
      backboneUnits: 16,
      seed: 1,
    });
    tf.tidy(() => {
      const x = tf.randomNormal([2, 5, 3], 0, 1, "float32", 7);
      const flags = [
        [0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1],
      ];
      const whole = model.apply(x, { resets: tf.tensor2d(flags) });
      let state = tf.zeros([2, 8]) as tf.Tensor2D;
      for (let t = 0; t < 5; t++) {
        const keep = tf.tensor2d(flags.map((row) => [1 - row[t]]));
        state = tf.mul(state, keep);
        const step = model.apply(tf.slice(x, [0, t, 0], [2, 1, 3]), { state });
        state = step.state!;
        const difference = tf.sub(step.values, tf.slice(whole.values, [0, t], [2, 1]));
        expect(Math.max(...tf.abs(difference).dataSync())).toBeLessThan(1e-6);
      }
      expect(Math.max(...tf.abs(tf.sub(state, whole.state!)).dataSync())).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it("returns the documented shapes and leaks no tensors", () => {
    const use = () => {
      const model = new ConvCfCActorCritic({
        observationSpace: frames,
        actionSpace,
        filters: [4, 4, 4, 8],
        seed: 0,
      });
      const x = tf.zeros([2, 3, 84, 84, 4], "int32");
      const { distribution, values, state } = model.apply(x);
      expect([distribution.shape, values.shape, state?.shape]).toEqual([
        [2, 3, 4],
        [2, 3],
        [2, 64],
      ]);
      tf.tidy(() => {
        const wrong = tf.zeros([2, 84, 84, 4]);
        expect(() => model.apply(wrong)).toThrow(/observations.*\[batch, time, 84, 84, 4\]/);
      });
      tf.dispose([x, distribution, values, state!]);
      model.dispose();
    };
    use(); // scalars that operations share are created once and kept
    const before = tf.memory().numTensors;
    use();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("has a gradient for every weight", () => {
    const model = new ConvCfCActorCritic({
      observationSpace: frames,
      actionSpace,
      filters: [4, 4, 4, 8],
      seed: 0,
    });
    const x = tf.randomUniform([1, 2, 84, 84, 4], 0, 255, "int32", 3);
    const { value, grads } = tf.variableGrads(() => {
      const { distribution, values } = model.apply(x);
      return tf.add(tf.sum(tf.square(distribution)), tf.sum(tf.square(values))) as tf.Scalar;
    }, [...model.variables.values()]);
    for (const [name, variable] of model.variables) {
      const size = tf.max(tf.abs(grads[variable.name])).dataSync()[0];
      expect(size, name).toBeGreaterThan(0);
    }
    tf.dispose([x, value, ...Object.values(grads)]);
    model.dispose();
  });
});

describe("initial weights and errors", () => {
  it("depend only on the seed", () => {
    const make = (seed: number) => new MlpActorCritic({ observationSpace: vector, actionSpace, seed });
    const weights = [1, 1, 2].map((seed) => using(make(seed), (m) => getWeights(m.variables)));
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).not.toEqual(weights[0]);
  });

  it("start with an almost uniform policy", () => {
    const model = new CfCActorCritic({ observationSpace: vector, actionSpace, seed: 0 });
    const { distribution } = model.apply(tf.randomNormal([1, 4, 3]));
    expect(Math.max(...tf.abs(distribution).dataSync())).toBeLessThan(0.1);
    model.dispose();
  });

  it("can be set by name; wrong names and sizes are named", () => {
    using(new MlpActorCritic({ observationSpace: vector, actionSpace, seed: 0 }), (model) => {
      const weights = getWeights(model.variables);
      setWeights(model.variables, weights);
      const { "policy/dense1/kernel": _, ...missing } = weights;
      expect(() => setWeights(model.variables, missing)).toThrow(/policy\/dense1\/kernel.*missing/);
      expect(() => setWeights(model.variables, { ...weights, other: new Float32Array(1) })).toThrow(
        /"other"/,
      );
      const short = { ...weights, "policy/dense1/kernel": new Float32Array(3) };
      expect(() => setWeights(model.variables, short)).toThrow(/policy\/dense1\/kernel.*\[3, 64\].*\[3\]/);
    });
  });

  it("require float actions for a Box", () => {
    const box = new Box({ low: -1, high: 1, shape: [1], dtype: "int32" });
    expect(() => new MlpActorCritic({ observationSpace: vector, actionSpace: box })).toThrow(
      /Discrete.*box of int32/,
    );
  });
});

describe("spaces that a network does not support", () => {
  const bytes = new Box({ low: 0, high: 3, shape: [2], dtype: "int32" });
  const small = new Box({ low: 0, high: 255, shape: [10, 10, 4], dtype: "uint8" });
  const matrix = new Box({ low: 0, high: 1, shape: [2, 3] });
  const attempts: [string, () => NetworkActorCritic][] = [
    ["whole numbers to act", () => new MlpActorCritic({ observationSpace: vector, actionSpace: bytes })],
    ["whole numbers to act", () => new CfCActorCritic({ observationSpace: vector, actionSpace: bytes })],
    ["a matrix to see", () => new MlpActorCritic({ observationSpace: matrix, actionSpace })],
    ["a matrix to see", () => new CfCActorCritic({ observationSpace: matrix, actionSpace, hiddenUnits: [] })],
    ["a vector to see", () => new ConvCfCActorCritic({ observationSpace: vector, actionSpace })],
    ["small frames", () => new NatureActorCritic({ observationSpace: small, actionSpace })],
  ];

  it.each(attempts)("are rejected and leave no weights behind: %s", (_, make) => {
    const before = tf.memory().numTensors;
    expect(make).toThrow(NcpsError);
    expect(tf.memory().numTensors).toBe(before);
  });
});
