import * as tf from "@tensorflow/tfjs-core";
import { inputTensors } from "tfjs-training";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { actionDistribution } from "../../../src/losses/index.js";
import { RolloutBuffer, type RolloutMinibatch } from "../../../src/memory/index.js";
import { MlpActorCritic } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import { lossMonitors } from "../../../src/trainers/ppo/loss-monitors.js";
import { minibatchInputs, type PPOUpdateCoefficients } from "../../../src/trainers/ppo/minibatch-inputs.js";
import { PPOObjective } from "../../../src/trainers/ppo/ppo-objective.js";
import { ppoDefaults } from "../../../src/trainers/ppo/ppo-options.js";

const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [3] }), actionSpace: new Discrete(2) };
const coefficients = { learningRate: 1e-3, clipRange: 0.2, clipRangeVf: 0.5, entCoef: 0.01, klCoef: 0.3 };
const make = (changed: object = {}) => {
  const model = new MlpActorCritic({ ...spaces, hiddenUnits: [4], seed: 1 });
  const distribution = actionDistribution(spaces.actionSpace);
  const hyperparameters = { ...ppoDefaults, ...changed };
  const objective = new PPOObjective({ model, distribution, hyperparameters });
  const klPenalty = hyperparameters.klPenalty !== null;
  const losses = (batch: RolloutMinibatch, given: PPOUpdateCoefficients) =>
    tf.tidy(() =>
      objective.losses(inputTensors(minibatchInputs(batch, given, { model, distribution, klPenalty }))),
    );
  return { model, losses };
};

/** Ten steps that another policy has played. */
function minibatch(): RolloutMinibatch {
  const random = new Random(3);
  const floats = (size: number, low = -1, high = 1) =>
    Float32Array.from({ length: size }, () => random.uniform(low, high));
  const sizes = {
    numEnvs: 2,
    numSteps: 5,
    observationShape: [3],
    observationDtype: "float32",
    distributionSize: 2,
  } as const;
  const buffer = new RolloutBuffer(sizes);
  buffer.observations.set(floats(30));
  buffer.actions.set(Array.from({ length: 10 }, () => random.integer(2)));
  for (const name of ["advantages", "returns", "values"] as const) buffer[name].set(floats(10));
  buffer.logProbs.set(floats(10, -1.2, -0.3));
  buffer.distributions.set(floats(20));
  return [...buffer.minibatches({ batchSize: 10, random })][0];
}

describe("PPOObjective", () => {
  beforeAll(() => useBackend("wasm"));

  it("is the policy loss, the weighted value loss, and less entropy", () => {
    const { model, losses } = make({ vfCoef: 0.7 });
    tf.tidy(() => {
      const given = losses(minibatch(), coefficients);
      const number = (name: (typeof lossMonitors)[number]) => given[name].dataSync()[0];
      expect(Object.keys(given).sort()).toEqual([...lossMonitors].sort());
      expect(number("loss")).toBeCloseTo(
        number("policyLoss") + 0.7 * number("valueLoss") - 0.01 * number("entropy"),
        5,
      );
      expect(number("kl")).toBe(0);
      expect(number("entropy")).toBeGreaterThan(0);
    });
    model.dispose();
  });

  it("adds the divergence from the policy that acted where there is a penalty", () => {
    const { model, losses } = make({ klPenalty: { initial: 0.3, target: 0.01 } });
    tf.tidy(() => {
      const batch = minibatch();
      const [small, large] = [0.3, 1.3].map((klCoef) => losses(batch, { ...coefficients, klCoef }));
      const kl = small.kl.dataSync()[0];
      expect(kl).toBeGreaterThan(0);
      expect(large.loss.dataSync()[0] - small.loss.dataSync()[0]).toBeCloseTo(kl, 4);
    });
    model.dispose();
  });

  it("has the gradient of finite differences in the weights", () => {
    const { model, losses } = make({ clipRangeVf: 5 });
    const batch = minibatch();
    const loss = () => losses(batch, { ...coefficients, clipRange: 5, clipRangeVf: 5 }).loss;
    const { value, grads } = tf.variableGrads(loss, [...model.variables.values()]);
    for (const [name, variable] of model.variables) {
      const values = variable.dataSync<"float32">().slice();
      const gradient = grads[variable.name].dataSync<"float32">();
      const index = gradient.reduce(
        (best, slope, i) => (Math.abs(slope) > Math.abs(gradient[best]) ? i : best),
        0,
      );
      const at = (step: number) => {
        const moved = values.slice();
        moved[index] += step;
        tf.tidy(() => variable.assign(tf.tensor(moved, variable.shape)));
        return tf.tidy(() => loss().dataSync()[0]);
      };
      const numeric = (at(1e-2) - at(-1e-2)) / 2e-2;
      at(0);
      expect(Math.abs(numeric - gradient[index]), name).toBeLessThan(2e-3 + 0.02 * Math.abs(gradient[index]));
    }
    tf.dispose([value, grads]);
    model.dispose();
  });
});
