import * as tf from "@tensorflow/tfjs-core";
import { compile, SGD } from "tfjs-training";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { actionDistribution, GAE } from "../../../src/losses/index.js";
import { RolloutBuffer, type RolloutMinibatch } from "../../../src/memory/index.js";
import {
  type ActorCritic,
  CfCActorCritic,
  ConvCfCActorCritic,
  LTCActorCritic,
  MlpActorCritic,
  NatureActorCritic,
} from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { type MinibatchInputs, minibatchInputs } from "../../../src/trainers/ppo/minibatch-inputs.js";
import { PPOObjective } from "../../../src/trainers/ppo/ppo-objective.js";
import { type PPOOptions, resolvePPOOptions } from "../../../src/trainers/ppo/ppo-options.js";
import { AutoNCP } from "../../../src/wirings/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const vectors = new Box({ shape: [3], low: -1, high: 1 });
const frames = new Box({ shape: [36, 36, 2], dtype: "uint8", low: 0, high: 255 });
const seed = 0;
const discrete = { observationSpace: vectors, actionSpace: new Discrete(3), seed };
const continuous = {
  observationSpace: vectors,
  actionSpace: new Box({ shape: [2], low: -1, high: 1 }),
  seed,
};
const pictures = { observationSpace: frames, actionSpace: new Discrete(3), seed };

const models: [string, () => ActorCritic][] = [
  ["MLP", () => new MlpActorCritic({ ...discrete, hiddenUnits: [8] })],
  ["MLP with continuous actions", () => new MlpActorCritic({ ...continuous, hiddenUnits: [8, 5] })],
  ["CfC", () => new CfCActorCritic({ ...discrete, units: 8 })],
  ["CfC of 5 units, pure", () => new CfCActorCritic({ ...discrete, units: 5, mode: "pure" })],
  ["CfC with mixed memory", () => new CfCActorCritic({ ...continuous, units: 6, mixedMemory: true })],
  ["wired CfC", () => new CfCActorCritic({ ...discrete, wiring: new AutoNCP({ units: 12, outputSize: 4 }) })],
  ["LTC", () => new LTCActorCritic({ ...discrete, units: 6 })],
  ["Nature", () => new NatureActorCritic(pictures)],
  ["ConvCfC", () => new ConvCfCActorCritic({ ...pictures, units: 8 })],
];

const coefficients = { learningRate: 0.05, clipRange: 0.2, clipRangeVf: 0.3, entCoef: 0.01, klCoef: 0.2 };

// Rollouts with episodes that end in the middle, cut into sequences of which some are padded.
function minibatchesOf(model: ActorCritic): RolloutMinibatch[] {
  const random = new Random(5);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const [numEnvs, numSteps] = [2, 7];
  const size = model.observationShape.reduce((a, b) => a * b, 1);
  const isFrames = model.observationShape.length === 3;
  const actionSize = model.distributionSize === 3 ? 1 : 2;
  const buffer = new RolloutBuffer({
    numEnvs,
    numSteps,
    observationShape: [...model.observationShape],
    observationDtype: isFrames ? "uint8" : "float32",
    actionSize,
    distributionSize: model.distributionSize,
    stateSize: model.stateSize,
  });
  while (!buffer.full) {
    const t = buffer.position;
    buffer.add({
      observations: isFrames
        ? Uint8Array.from({ length: numEnvs * size }, () => random.integer(256))
        : numbers(numEnvs * size),
      actions: actionSize === 1 ? Float32Array.of(t % 3, (t + 1) % 3) : numbers(numEnvs * 2),
      logProbs: numbers(numEnvs),
      distributions: numbers(numEnvs * model.distributionSize),
      values: numbers(numEnvs),
      rewards: numbers(numEnvs),
      terminated: Uint8Array.of(Number(t === 2), Number(t === 4)),
      states: numbers(numEnvs * model.stateSize),
    });
  }
  buffer.finish({ lastValues: numbers(numEnvs), gae: new GAE({ gamma: 0.9, lambda: 0.9 }) });
  return [
    ...buffer.minibatches({ batchSize: 8, random, sequenceLength: 4, cutAtEpisodes: model.stateSize > 0 }),
  ];
}

function train(make: () => ActorCritic, options: Partial<PPOOptions>, enabled: boolean) {
  const model = make();
  const { hyperparameters } = resolvePPOOptions(options as PPOOptions);
  const actionSpace = model.distributionSize === 3 ? discrete.actionSpace : continuous.actionSpace;
  const distribution = actionDistribution(actionSpace);
  const objective = new PPOObjective({ model, distribution, hyperparameters });
  const optimizer = new SGD();
  const step = compile<MinibatchInputs, Record<string, tf.Scalar>>(
    (inputs) =>
      optimizer.minimize(() => objective.losses(inputs), model.variables, {
        learningRate: inputs.learningRate,
        maxGradNorm: 0.5,
        constrain: () => model.constrain?.(),
      }),
    { enabled },
  );
  const klPenalty = hyperparameters.klPenalty !== null;
  const metrics = minibatchesOf(model).map((minibatch) => ({
    ...(step.read(minibatchInputs(minibatch, coefficients, { model, distribution, klPenalty })) as object),
  }));
  const weights = Object.fromEntries(
    [...model.variables].map(([name, variable]) => [name, [...variable.dataSync()]]),
  );
  const report = step.report();
  step.dispose();
  optimizer.dispose();
  model.dispose();
  return { metrics, weights, report };
}

function expectNear(a: unknown, b: unknown, path: string): void {
  if (typeof a === "number") {
    const near = Math.abs(a - (b as number)) <= 2e-6 * Math.max(1, Math.abs(b as number));
    if (!near) expect.fail(`${path}: ${a} and ${b}`);
  } else
    for (const [key, value] of Object.entries(a as object))
      expectNear(value, (b as never)[key], `${path}.${key}`);
}

describe("PPO's compiled gradient step equals the uncompiled one", () => {
  it.each(models)("with %s, resets and masks", (_, make) => {
    const compiled = train(make, {}, true);
    const after = tf.memory().numTensors; // with the constants that are made once
    const plain = train(make, {}, false);
    expect(compiled.report.plans.flatMap(({ reasons }) => reasons)).toEqual([]);
    expect(compiled.report.compiledCalls).toBe(compiled.metrics.length);
    expectNear(compiled.metrics, plain.metrics, "metrics");
    expectNear(compiled.weights, plain.weights, "weights");
    expect(tf.memory().numTensors).toBe(after);
  });

  it.each<[string, Partial<PPOOptions>]>([
    ["the clipped value", { valueClip: "clipped-value", clipRangeVf: 0.3 }],
    ["the change of the value", { valueClip: "value-change", clipRangeVf: 0.3 }],
    ["the squared error", { valueClip: "squared-error", clipRangeVf: 0.3 }],
    ["a KL penalty", { klPenalty: { initial: 0.2, target: 0.01 } }],
    ["k1", { klEstimator: "k1" }],
    ["k2", { klEstimator: "k2" }],
  ])("with the loss option %s", (_, options) => {
    const make = models[2][1];
    const [compiled, plain] = [train(make, options, true), train(make, options, false)];
    expect(compiled.report.compiledCalls).toBe(compiled.metrics.length);
    expectNear(compiled.metrics, plain.metrics, "metrics");
    expectNear(compiled.weights, plain.weights, "weights");
  });
});
