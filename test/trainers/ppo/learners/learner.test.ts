import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/random.js";
import { actionDistribution } from "../../../../src/losses/index.js";
import { RolloutBuffer } from "../../../../src/memory/index.js";
import { MlpActorCritic } from "../../../../src/models/index.js";
import { Adam } from "../../../../src/optimizers/index.js";
import { useBackend } from "../../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../../src/spaces/index.js";
import { GradientExchange } from "../../../../src/trainers/ppo/learners/gradient-exchange.js";
import { Learner, stepHyperparameters } from "../../../../src/trainers/ppo/learners/learner.js";
import { ppoDefaults } from "../../../../src/trainers/ppo/ppo-options.js";

const spaces = { observationSpace: new Box({ low: -1, high: 1, shape: [3] }), actionSpace: new Discrete(2) };
const coefficients = { learningRate: 1e-2, clipRange: 0.2, clipRangeVf: 0.2, entCoef: 0.01, klCoef: 0 };

function rollout(): RolloutBuffer {
  const random = new Random(3);
  const sizes = {
    numEnvs: 2,
    numSteps: 8,
    observationShape: [3],
    observationDtype: "float32",
    distributionSize: 2,
  } as const;
  const buffer = new RolloutBuffer(sizes);
  for (const name of ["observations", "advantages", "returns", "values"] as const) {
    buffer[name].set(Array.from(buffer[name], () => random.uniform(-1, 1)));
  }
  buffer.actions.set(Array.from(buffer.actions, () => random.integer(2)));
  buffer.logProbs.fill(Math.log(0.5));
  return buffer;
}

/** Learners that share one exchange, as threads do. */
function make(learners: number, buffer: RolloutBuffer) {
  const models = Array.from(
    { length: learners },
    (_, seed) => new MlpActorCritic({ ...spaces, hiddenUnits: [4], seed }),
  );
  const size = [...models[0].variables.values()].reduce((sum, variable) => sum + variable.size, 0);
  const exchange = GradientExchange.allocate(learners, size);
  const hyperparameters = stepHyperparameters({ ...ppoDefaults, normalizeAdvantage: null });
  const all = models.map((model, rank) => {
    const distribution = actionDistribution(spaces.actionSpace);
    return new Learner({
      model,
      distribution,
      rank,
      learners,
      optimizer: new Adam(),
      rollout: buffer,
      exchange,
      hyperparameters,
    });
  });
  const trainable = all[0].giveWeights();
  for (const learner of all.slice(1)) learner.takeWeights(trainable);
  return { all, models };
}

/** One step of all, in the phases between which threads wait for each other. */
function step(all: Learner[], buffer: RolloutBuffer) {
  const plan = { minibatch: buffer.sequences(), coefficients };
  for (const learner of all) learner.contribute(plan);
  const numbers = all.map((learner) => learner.reduce());
  return { numbers, norms: all.map((learner) => learner.finish(plan)) };
}

describe("Learner", () => {
  beforeAll(() => useBackend("wasm"));

  it.each([2, 3, 5])("makes the step of one with %i, and all of them the same", (learners) => {
    const buffer = rollout();
    const [alone, together] = [make(1, buffer), make(learners, buffer)];
    for (let i = 0; i < 3; i++) {
      const [one, many] = [step(alone.all, buffer), step(together.all, buffer)];
      expect(new Set(many.numbers.map(String)).size).toBe(1);
      many.numbers[0].forEach((number, j) => {
        expect(number).toBeCloseTo(one.numbers[0][j], 5);
      });
      expect(many.norms[0]).toBeCloseTo(one.norms[0], 5);
    }
    const sums = together.all.map((learner) => learner.report().checksum);
    expect(new Set(sums).size).toBe(1); // bit for bit
    for (const [name, variable] of alone.models[0].variables) {
      const other = together.models[0].variables.get(name)!.dataSync();
      variable.dataSync().forEach((value, i) => {
        expect(other[i]).toBeCloseTo(value, 4);
      });
    }
  });

  it("leaves no tensors, and goes no further with numbers that are none", () => {
    const buffer = rollout();
    const { all } = make(2, buffer);
    step(all, buffer);
    const before = tf.memory().numTensors;
    const { numbers } = step(all, buffer);
    expect(tf.memory().numTensors).toBe(before);
    expect(all.map((learner) => learner.goesOn(numbers[0]))).toEqual([true, true]);
    expect(all[0].goesOn([...numbers[0].slice(1), Number.NaN])).toBe(false);
  });
});
