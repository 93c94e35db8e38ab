import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../../src/core/errors.js";
import { MlpActorCritic } from "../../../../src/models/index.js";
import { useBackend } from "../../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../../src/spaces/index.js";
import { GradientExchange } from "../../../../src/trainers/ppo/learners/gradient-exchange.js";
import { type LearnerReport, stepHyperparameters } from "../../../../src/trainers/ppo/learners/learner.js";
import { LearnerReplica } from "../../../../src/trainers/ppo/learners/learner-replica.js";
import type { LearnerSetup } from "../../../../src/trainers/ppo/learners/learner-setup.js";
import { Rendezvous } from "../../../../src/trainers/ppo/learners/rendezvous.js";
import { shareRollout } from "../../../../src/trainers/ppo/learners/shared-rollout.js";
import { ppoDefaults } from "../../../../src/trainers/ppo/ppo-options.js";

const observationSpace = new Box({ low: -1, high: 1, shape: [3] });
const actionSpace = new Discrete(2);

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
    rendezvous: Rendezvous.allocate(2),
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
  return { model, given, rendezvous: new Rendezvous(given.rendezvous, 2), size };
}

describe("LearnerReplica", () => {
  beforeAll(() => useBackend("wasm"));

  it("takes the first learner's weights, tells of them, and arrives after each answer", () => {
    const { model, given, rendezvous, size } = setup();
    const first = new GradientExchange(given.exchange, 0, 2, size);
    const replica = new LearnerReplica(given, rendezvous);
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
      rendezvous.arrive(0);
      expect(rendezvous.missing(0)).toEqual([]);
    }
    rendezvous.arrive(0);
    expect(rendezvous.missing(0)).toEqual([1]);
    replica.dispose();
    model.dispose();
  });

  it("refuses a model with other weights, and a module without a function", () => {
    const { model, given, rendezvous } = setup();
    const other = () => new MlpActorCritic({ observationSpace, actionSpace, hiddenUnits: [5] });
    const module = { module: "own.js", export: "make" };
    expect(() => new LearnerReplica({ ...given, model: module }, rendezvous, other)).toThrow(
      InvalidArgumentError,
    );
    expect(() => new LearnerReplica({ ...given, model: module }, rendezvous, other)).toThrow(
      /Both have to be made alike/,
    );
    expect(() => new LearnerReplica({ ...given, model: module }, rendezvous)).toThrow(
      /no function came from own.js/,
    );
    model.dispose();
  });
});
