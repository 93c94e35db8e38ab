import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Linear } from "../../src/layers/linear.js";
import { LTC } from "../../src/layers/ltc.js";
import { MLP } from "../../src/layers/mlp.js";
import {
  type ActorCritic,
  CfCActorCritic,
  type CfCActorCriticOptions,
  type CfCCoreModelOptions,
  ConvCfCActorCritic,
  isLibraryModel,
  LTCActorCritic,
  type LTCActorCriticOptions,
  NatureCfCActorCritic,
  NatureLTCActorCritic,
  NetworkActorCritic,
  policyHead,
  rebuildModel,
} from "../../src/models/index.js";
import { getWeights } from "../../src/models/weights.js";
import { useBackend } from "../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../src/spaces/index.js";
import {
  AdjacencyWiring,
  AutoNCP,
  FullyConnected,
  LayeredNCP,
  NCP,
  RandomWiring,
} from "../../src/wirings/index.js";

beforeAll(() => useBackend("wasm"));

const vector = new Box({ low: -1, high: 1, shape: [3] });
const frames = new Box({ low: 0, high: 255, shape: [36, 36, 1], dtype: "uint8" });
const actionSpace = new Discrete(4);
const wiring = new AutoNCP({ units: 9, outputSize: 2 });
const convolutions = [{ filters: 2, size: 8, strides: 4 }];

const cfc = (options: Partial<CfCActorCriticOptions>) => (seed: number) =>
  new CfCActorCritic({ observationSpace: vector, actionSpace, hiddenUnits: [6], seed, ...options });
const ltc = (options: Partial<LTCActorCriticOptions>) => (seed: number) =>
  new LTCActorCritic({ observationSpace: vector, actionSpace, hiddenUnits: [6], seed, ...options });
const onFrames = { observationSpace: frames, actionSpace };

const vectorModels: [string, (seed: number) => NetworkActorCritic, stateSize: number][] = [
  ["a dense CfC in pure mode", cfc({ units: 5, backboneUnits: 8, mode: "pure" }), 5],
  [
    "a dense CfC without gate and another backbone",
    cfc({ units: 5, backboneUnits: 8, backboneLayers: 2, backboneActivation: "silu", mode: "no_gate" }),
    5,
  ],
  ["a dense CfC with mixed memory", cfc({ units: 5, backboneUnits: 8, mixedMemory: true }), 10],
  ["a wired CfC", cfc({ wiring }), 9],
  ["a wired CfC that follows the wiring everywhere", cfc({ wiring, recurrence: "wired" }), 9],
  ["a wired CfC of flavour tf with mixed memory", cfc({ wiring, flavour: "tf", mixedMemory: true }), 18],
  ["a wired CfC without encoder", cfc({ wiring, hiddenUnits: [] }), 9],
  ["an LTC", ltc({ units: 5 }), 5],
  ["a wired LTC", ltc({ wiring, odeUnfolds: 3, implicitConstraints: false, outputMapping: "linear" }), 9],
  [
    "a wired LTC with mixed memory",
    ltc({ wiring, mixedMemory: true, initializationRanges: { mu: [0, 0.5] } }),
    18,
  ],
];
const frameModels: [string, (seed: number) => NetworkActorCritic, stateSize: number][] = [
  [
    "convolutions and a wired CfC",
    (seed) => new NatureCfCActorCritic({ ...onFrames, wiring, features: 6, convolutions, seed }),
    9,
  ],
  [
    "convolutions and a wired LTC",
    (seed) => new NatureLTCActorCritic({ ...onFrames, wiring, features: 6, convolutions, seed }),
    9,
  ],
  [
    "the guide's block and a wired CfC",
    (seed) => new ConvCfCActorCritic({ ...onFrames, wiring, filters: [2, 4], seed }),
    9,
  ],
];
const models = [...vectorModels, ...frameModels];

function input(model: ActorCritic, batch: number, time: number): tf.Tensor {
  const shape = [batch, time, ...model.observationShape];
  return model.observationShape.length === 1
    ? tf.randomNormal(shape, 0, 1, "float32", 7)
    : tf.randomUniform(shape, 0, 255, "int32", 7);
}

const largest = (x: tf.Tensor) => tf.tidy(() => tf.max(tf.abs(x)).dataSync()[0]);

describe.each(models)("%s", (_, make, stateSize) => {
  it("gives the same step by step as over a sequence, resets included", () => {
    const model = make(1);
    expect(model.stateSize).toBe(stateSize);
    tf.tidy(() => {
      const x = input(model, 2, 5);
      const flags = [
        [0, 0, 1, 0, 0],
        [0, 1, 0, 0, 1],
      ];
      const whole = model.apply(x, { resets: tf.tensor2d(flags) });
      let state = tf.zeros([2, stateSize]) as tf.Tensor2D;
      for (let t = 0; t < 5; t++) {
        const keep = tf.tensor2d(flags.map((row) => [1 - row[t]]));
        const step = model.apply(tf.slice(x, [0, t], [2, 1]), { state: tf.mul<tf.Tensor2D>(state, keep) });
        state = step.state as tf.Tensor2D;
        expect(largest(tf.sub(step.values, tf.slice(whole.values, [0, t], [2, 1])))).toBeLessThan(1e-6);
        const expected = tf.slice(whole.distribution, [0, t, 0], [2, 1, 4]);
        expect(largest(tf.sub(step.distribution, expected))).toBeLessThan(1e-6);
      }
      expect(largest(tf.sub(state, whole.state as tf.Tensor2D))).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  it("is made again from its description as text: the same weights from the same seed", () => {
    const model = make(3);
    const { observationShape } = model;
    const observationSpace = observationShape.length === 1 ? vector : frames;
    const description = JSON.parse(JSON.stringify(model.toJSON()));
    const again = rebuildModel<ActorCritic>(description, { observationSpace, actionSpace, seed: 3 });
    expect(isLibraryModel(again)).toBe(true);
    expect(again.toJSON()).toEqual(model.toJSON());
    expect(getWeights(again.variables)).toEqual(getWeights(model.variables));
    tf.tidy(() => {
      const x = input(model, 1, 3);
      expect(largest(tf.sub(again.apply(x).values, model.apply(x).values))).toBe(0);
    });
    model.dispose();
    again.dispose();
  });

  it("gives every weight a gradient, and leaves nothing behind", () => {
    const use = () => {
      const model = make(2);
      const x = input(model, 2, 3);
      const { value, grads } = tf.variableGrads(() => {
        const { distribution, values } = model.apply(x);
        return tf.add(tf.sum(tf.square(distribution)), tf.sum(tf.square(values))) as tf.Scalar;
      }, [...model.variables.values()]);
      const without = [...model.variables].filter(([, { name }]) => largest(grads[name]) === 0);
      tf.dispose([x, value, ...Object.values(grads)]);
      model.dispose();
      return without.map(([name]) => name);
    };
    // It starts at 0 and works by its absolute value, which is flat there.
    const flat = make(2);
    const expected = [...flat.variables.keys()].filter((name) => name.endsWith("w_tau"));
    flat.dispose();
    expect(use()).toEqual(expected);
    const before = tf.memory().numTensors;
    use();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("the wiring of a recurrent actor-critic", () => {
  const ncp = { interNeurons: 5, commandNeurons: 3, motorNeurons: 2, sensoryFanout: 2, interFanout: 2 };
  const wirings = [
    wiring,
    new FullyConnected({ units: 4, outputDim: 2 }),
    new RandomWiring({ units: 6, outputDim: 2, sparsity: 0.5 }),
    new NCP({ ...ncp, recurrentCommandSynapses: 2, motorFanin: 2 }),
    new LayeredNCP({
      interNeurons: [5, 4],
      commandNeurons: 3,
      motorNeurons: 2,
      sensoryFanout: 2,
      interFanouts: [2, 2],
      recurrentCommandSynapses: 2,
      motorFanin: 2,
    }),
    AdjacencyWiring.from(wiring.build(6)),
  ];

  it.each(wirings.map((each) => [each.toJSON().type, each] as const))(
    "may be a %s, or its JSON",
    (_, each) => {
      for (const make of [cfc, ltc]) {
        const model = make({ wiring: each })(0);
        const again = make({ wiring: JSON.parse(JSON.stringify(each.toJSON())) })(0);
        expect(model.toJSON().config.wiring).toEqual(each.toJSON());
        expect(getWeights(again.variables)).toEqual(getWeights(model.variables));
        const kernel = model.variables.get("policy_head/kernel");
        expect(kernel?.shape).toEqual([each.outputDim, 4]);
        model.dispose();
        again.dispose();
      }
    },
  );

  it("is what decides, not the number of units, and goes with no option of a dense one", () => {
    const before = tf.memory().numTensors;
    const wrong: [CfCCoreModelOptions, RegExp][] = [
      [{ wiring, units: 9 }, /^units: cannot .* wiring/],
      [{ wiring, backboneUnits: 8 }, /^backboneUnits: cannot .* wiring/],
      [{ wiring, backboneActivation: "relu" }, /^backboneActivation: cannot .* wiring/],
      [{ recurrence: "wired" }, /^recurrence: belongs to a wiring/],
      [{ mode: "fast" as "pure" }, /^mode: expected /],
      [{ wiring: "AutoNCP" as never }, /^wiring: expected a Wiring such as AutoNCP, or what its toJSON/],
      [{ wiring: { type: "Own" } }, /^type: expected one of AdjacencyWiring, .*registerWiring/],
      [{ wiring: wirings[5] }, /^inputDim: expected 6/],
    ];
    for (const [options, message] of wrong) {
      expect(() => cfc({ hiddenUnits: [5], ...options })(0)).toThrow(message);
    }
    expect(() => ltc({ wiring, units: 9 })(0)).toThrow(/^units: cannot .* wiring/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("was no option of descriptions that had been saved before it was one", () => {
    const config = {
      units: 5,
      backboneUnits: 8,
      backboneLayers: 1,
      hiddenUnits: [6],
      activation: "tanh",
      flavour: "torch",
    };
    const spaces = { observationSpace: vector, actionSpace, seed: 4 };
    const old = rebuildModel<ActorCritic>({ className: "CfCActorCritic", config }, spaces);
    const model = cfc({ units: 5, backboneUnits: 8 })(4);
    expect(getWeights(old.variables)).toEqual(getWeights(model.variables));
    old.dispose();
    model.dispose();
  });
});

describe("NetworkActorCritic", () => {
  const parts = () => ({
    encoder: new MLP({ hiddenUnits: [6], seed: 0 }),
    core: new LTC({ wiring, seed: 1 }),
    policyHead: policyHead(actionSpace, { name: "policy", seed: 2 }),
    valueHead: new Linear({ name: "value", units: 1, seed: 3 }),
  });
  const spaces = { observationSpace: vector, actionSpace };
  const description = { className: "Own", config: {} };

  it("builds its parts for its observations", () => {
    const made = new NetworkActorCritic(spaces, parts(), description);
    const own = parts();
    own.encoder.build([null, 3]);
    own.core.build([null, null, 6]);
    own.policyHead.build([null, 2]);
    own.valueHead.build([null, 2]);
    const built = new NetworkActorCritic(spaces, own, description);
    expect(getWeights(made.variables)).toEqual(getWeights(built.variables));
    for (const model of [made, built]) model.dispose();
  });

  it("keeps nothing of what it built when a part does not fit", () => {
    const before = tf.memory().numTensors;
    const clash = { ...parts(), valueHead: new Linear({ name: "policy", units: 1 }) };
    expect(() => new NetworkActorCritic(spaces, clash, description)).toThrow(/policy\/kernel/);
    const wrong = { ...parts(), core: new LTC({ wiring: AdjacencyWiring.from(wiring.build(5)) }) };
    expect(() => new NetworkActorCritic(spaces, wrong, description)).toThrow(/inputDim/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says which head gives the wrong number of outputs", () => {
    const wrong = { ...parts(), policyHead: new Linear({ name: "policy", units: 3 }) };
    const model = new NetworkActorCritic(spaces, wrong, description);
    tf.tidy(() => {
      expect(() => model.apply(tf.zeros([1, 2, 3]))).toThrow(/policyHead.*\[rows, 4\] outputs/);
    });
    model.dispose();
  });
});
