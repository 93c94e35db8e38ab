import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../../src/core/errors.js";
import { MlpActorCritic } from "../../../../src/models/index.js";
import { useBackend } from "../../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../../src/spaces/index.js";
import { Barrier } from "../../../../src/trainers/ppo/learners/barrier.js";
import { GradientExchange } from "../../../../src/trainers/ppo/learners/gradient-exchange.js";
import { type LearnerReport, stepHyperparameters } from "../../../../src/trainers/ppo/learners/learner.js";
import { LearnerReplica } from "../../../../src/trainers/ppo/learners/learner-replica.js";
import type { LearnerSetup } from "../../../../src/trainers/ppo/learners/learner-setup.js";
import { shareRollout } from "../../../../src/trainers/ppo/learners/shared-rollout.js";
import { ppoDefaults } from "../../../../src/trainers/ppo/ppo-options.js";

const observationSpace = new Box({ low: -1, high: 1, shape: [3] });
const actionSpace = new Discrete(2);
const makeModel = () => new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [4], seed: 0 });

function setup(changed: Partial<LearnerSetup> = {}) {
  const model = new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [4], seed: 5 });
  const weights = [...model.variables].map(([name, { shape }]): [string, number[]] => [name, shape]);
  const size = [...model.variables.values()].reduce((sum, variable) => sum + variable.size, 0);
  const sizes = {
    numEnvs: 2,
    numSteps: 4,
    observationShape: [3],
    observationDtype: "float32",
    distributionSize: 2,
  } as const;
  const given: LearnerSetup = {
    rank: 1,
    learners: 2,
    barrier: Barrier.allocate(2),
    exchange: GradientExchange.allocate(2, size),
    rollout: shareRollout(sizes).shared,
    model: model.toJSON(),
    weights,
    observationSpace: observationSpace.toJSON(),
    actionSpace: actionSpace.toJSON(),
    hyperparameters: stepHyperparameters(ppoDefaults),
    adam: {},
    decaying: null,
    backend: { relaxedSimd: false, revectorize: false, accelerator: false },
    ...changed,
  };
  return { model, given, barrier: new Barrier(given.barrier, 2), size };
}

describe("LearnerReplica", () => {
  beforeAll(() => useBackend("wasm"));

  it("takes the first learner's weights, reports them, and arrives after each answer", () => {
    const { model, given, barrier, size } = setup();
    const first = new GradientExchange(given.exchange, 0, 2, size);
    const replica = new LearnerReplica(given, barrier, makeModel);
    const reports: LearnerReport[] = [];
    const report = () => replica.answer({ kind: "report" }, (each) => reports.push(each));
    report();
    first.first.fill(0.25);
    replica.answer({ kind: "weights", trainable: [...model.variables.keys()], optimizer: null }, () => {});
    report();
    expect(reports[1].checksum).not.toBe(reports[0].checksum);
    let checksum = 0;
    const [bits] = new Int32Array(Float32Array.of(0.25).buffer);
    for (let i = 0; i < size; i++) checksum = (Math.imul(checksum, 31) + bits) | 0;
    expect(reports[1].checksum).toBe(checksum);
    for (let i = 0; i < 3; i++) {
      barrier.arrive(0);
      expect(barrier.missing(0)).toEqual([]);
    }
    barrier.arrive(0);
    expect(barrier.missing(0)).toEqual([1]);
    replica.dispose();
    model.dispose();
  });

  it("rejects a model with other weights, naming both", () => {
    const { model, given, barrier } = setup();
    const other = () => new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [5] });
    expect(() => new LearnerReplica(given, barrier, other)).toThrow(InvalidArgumentError);
    expect(() => new LearnerReplica(given, barrier, other)).toThrow(/Both have to be made alike/);
    model.dispose();
  });
});
