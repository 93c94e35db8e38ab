import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "../../../../src/checkpoints/index.js";
import { InvalidArgumentError, NonFiniteError } from "../../../../src/core/errors.js";
import { Logger, type LogRow } from "../../../../src/logging/index.js";
import { CfCActorCritic, LTCActorCritic } from "../../../../src/models/index.js";
import { useBackend } from "../../../../src/recurrent/use-backend.js";
import {
  cartPolePPO,
  LearnerFailedError,
  type PPOOptions,
  type PPOPreset,
  PPOTrainer,
  pendulumPPO,
} from "../../../../src/trainers/index.js";
import type { LearnerGroup } from "../../../../src/trainers/ppo/learners/learner-group.js";
import { AutoNCP } from "../../../../src/wirings/index.js";
import { makeConstrained, makeFrozenOnMain, makeOwn } from "./own-model.js";
import "../../../../src/node/index.js";

beforeAll(async () => {
  await useBackend("wasm");
});

const trainers: PPOTrainer[] = [];
function trainer(options: PPOOptions): PPOTrainer {
  const made = new PPOTrainer(options);
  trainers.push(made);
  return made;
}
afterEach(async () => {
  for (const made of trainers.splice(0)) await made.close();
});

const groupOf = (made: PPOTrainer) => (made as unknown as { learners: LearnerGroup }).learners;
const threadsOf = (made: PPOTrainer) =>
  (groupOf(made) as unknown as { threads: { gone: Promise<void>; failure: unknown }[] }).threads;

const cartPole: PPOOptions = {
  ...cartPolePPO,
  env: "CartPole-v1",
  numEnvs: 4,
  numSteps: 16,
  batchSize: 32,
  nEpochs: 2,
  seed: 3,
};
const wiring = new AutoNCP({ units: 9, outputSize: 2 });
const recurrent: PPOOptions = {
  ...cartPole,
  env: "CartPoleNoVel-v1",
  numSteps: 48,
  batchSize: 64,
  sequenceLength: 12,
  model: (spaces) => new CfCActorCritic({ ...spaces, units: 8, backboneUnits: 16, hiddenUnits: [] }),
};

async function rows(made: PPOTrainer, totalTimesteps: number): Promise<LogRow[]> {
  const written: LogRow[] = [];
  await made.learn({
    totalTimesteps,
    logger: new Logger([{ write: (row) => written.push(withoutClocks(row)) }]),
  });
  return written;
}

function withoutClocks(row: LogRow): LogRow {
  return Object.fromEntries(Object.entries(row).filter(([key]) => !/^time\/(fps|time_elapsed)$/.test(key)));
}

const weights = (made: PPOTrainer) =>
  [...made.model.variables].map(([name, v]) => [name, Array.from(v.dataSync())]);

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected a failure");
}

const losses = ["loss", "policy_gradient_loss", "value_loss", "entropy_loss", "grad_norm", "approx_kl", "kl"];
const preset = (given: PPOPreset) => given;

describe("several learners", () => {
  it.each<[string, number, PPOOptions]>([
    [
      "a minibatch that does not divide evenly",
      3,
      { ...cartPole, maxGradNorm: null, valueClip: "squared-error" },
    ],
    // Minibatches of two sequences and of one: there a learner has an empty share.
    [
      "recurrent, resets inside sequences",
      2,
      {
        ...recurrent,
        numEnvs: 3,
        sequenceLength: 48,
        batchSize: 72,
        klPenalty: { initial: 0.2 },
        valueClip: "value-change",
      },
    ],
    ["recurrent, cut at episodes and padded", 2, { ...recurrent, cutAtEpisodes: true, batchSize: 40 }],
    [
      "recurrent, RLlib's slices, advantages over the rollout",
      2,
      {
        ...recurrent,
        cutAtEpisodes: true,
        minibatchMode: "rllib",
        normalizeAdvantage: { over: "rollout", floor: 1e-4 },
        klPenalty: { initial: 0.5 },
        valueClip: "squared-error",
      },
    ],
    ["a wired CfC", 2, { ...recurrent, model: (spaces) => new CfCActorCritic({ ...spaces, wiring }) }],
    [
      "a wired LTC whose weights need constraints",
      2,
      { ...recurrent, model: (spaces) => new LTCActorCritic({ ...spaces, wiring, flavour: "tf" }) },
    ],
    [
      "continuous actions, normalised observations",
      2,
      {
        ...preset(pendulumPPO),
        normalizeObservation: true,
        env: "Pendulum-v1",
        numEnvs: 4,
        nEpochs: 2,
        seed: 1,
      },
    ],
  ])("learn the same as one learner, except for rounding: %s", async (_, learners, options) => {
    const [one, several] = [trainer(options), trainer({ ...options, learners })];
    const steps = 4 * (options.numSteps ?? 64) * (options.numEnvs ?? 4);
    const [expected, written] = [await rows(one, steps), await rows(several, steps)];
    expect(written.length).toBe(4);
    for (const [i, row] of written.entries()) {
      for (const key of losses.map((name) => `train/${name}`)) {
        const [value, reference] = [row[key], expected[i][key]] as [number, number];
        if (reference === undefined) continue;
        // Means of terms that cancel are as exact as the terms, which are of order 1.
        expect(Math.abs(value - reference), key).toBeLessThan(1e-5 * Math.max(1, Math.abs(reference)));
      }
    }
    const reports = await groupOf(several).report();
    expect(reports.map(({ checksum }) => checksum)).toEqual(new Array(learners).fill(reports[0].checksum));
  });

  it("have equal weights after 20 updates, reproduce the run, and leak no tensors", async () => {
    const runs = [];
    for (let i = 0; i < 2; i++) {
      const made = trainer({ ...recurrent, cutAtEpisodes: true, learners: 2 });
      const first = await rows(made, 192);
      const before = await groupOf(made).report();
      const rest = await rows(made, 19 * 192);
      const after = await groupOf(made).report();
      expect(made.iterations).toBe(20);
      expect(new Set(after.map(({ checksum }) => checksum)).size).toBe(1);
      expect(after.map(({ numTensors }) => numTensors)).toEqual(before.map(({ numTensors }) => numTensors));
      expect(after[0].checksum).not.toBe(before[0].checksum);
      runs.push({ rows: [first, rest], weights: weights(made) });
      await made.close();
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it("stop an update at the target KL as one learner does", async () => {
    const options = { ...cartPole, nEpochs: 10, targetKl: 1e-5 };
    const [one, two] = [trainer(options), trainer({ ...options, learners: 2 })];
    const [expected, written] = [await rows(one, 128), await rows(two, 128)];
    expect(written.at(-1)!["train/approx_kl"]).toBeCloseTo(expected.at(-1)!["train/approx_kl"] as number, 6);
    expect(two.hyperparameters.nEpochs).toBe(10);
  });

  it("resume bit by bit, with moments and number of learners from the checkpoint", async () => {
    const options = { ...cartPole, learners: 2 };
    const place = { store: new MemoryCheckpointStore(), name: "run" };
    const whole = trainer(options);
    await rows(whole, 64 * 3);
    await whole.save(place);
    const state = whole.getState();
    const rest = [await rows(whole, 64 * 3), weights(whole)];
    const resumed = await PPOTrainer.load(place, { model: options.model });
    trainers.push(resumed);
    expect(resumed.hyperparameters.learners).toBe(2);
    expect([await rows(resumed, 64 * 3), weights(resumed)]).toEqual(rest);
    // A state restored into a running trainer reaches all learners.
    whole.setState({ ...state, run: null });
    expect([await rows(whole, 64 * 3), weights(whole)]).toEqual(rest);
    const [a, b] = await groupOf(whole).report();
    expect(b.checksum).toBe(a.checksum);
  });

  it("require the module of a custom model", () => {
    const make = () => trainer({ ...cartPole, model: makeOwn, learners: 2 });
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(/learnerModel: .*OwnActorCritic.*export: "makeModel"/);
  });
});

describe("custom models", () => {
  const own = (name: string, model: PPOOptions["model"], settings: Partial<PPOOptions> = {}) =>
    trainer({
      ...cartPole,
      model,
      learners: 2,
      learnerModel: { module: new URL("./own-model.ts", import.meta.url), export: name },
      ...settings,
    });

  it("keep frozen weights bit-equal, even if another thread had not frozen them", async () => {
    const made = own("makeFrozenOnMain", makeFrozenOnMain);
    const before = weights(made);
    await made.learn({ totalTimesteps: 128 });
    const changed = weights(made).flatMap(([name, now], i) =>
      JSON.stringify(now) === JSON.stringify(before[i][1]) ? [] : [name],
    );
    expect(changed.sort()).toEqual(["policy/bias", "policy/kernel", "value/bias", "value/kernel"]);
    const [first, second] = await groupOf(made).report();
    expect(second.checksum).toBe(first.checksum);
  });

  it("keep constrained weights within their bounds on all threads", async () => {
    const made = own("makeConstrained", makeConstrained, { learningRate: 0.05, nEpochs: 4 });
    await made.learn({ totalTimesteps: 256 });
    const bounded = ["gleak", "cm", "w", "sensory_w"].flatMap((name) => [
      ...made.model.variables.get(`ltc/${name}`)!.dataSync(),
    ]);
    expect(Math.min(...bounded)).toBe(0);
    const [first, second] = await groupOf(made).report();
    expect(second.checksum).toBe(first.checksum);
  });
});

describe("a learner that fails", () => {
  const failing = (name: string, settings: Partial<PPOOptions> = {}) =>
    trainer({
      ...cartPole,
      model: makeOwn,
      learners: 2,
      learnerModel: { module: new URL("./own-model.ts", import.meta.url), export: name },
      ...settings,
    });

  it.each([
    ["makeThrowing", /^learner 1 failed in a step: RangeError: out of luck/, { code: "LUCK" }],
    ["makeExiting", /^learner 1 failed in a step: .*exit code 7/, { code: "WORKER_EXITED" }],
    ["makeHanging", /^learner 1 failed in a step: .*within 700 ms/, { code: "LEARNER_TIMEOUT" }],
    ["makeOther", /^learner 1 failed in its start: .*expected the weights of the trainer's model/, {}],
  ])("%s: the error names learner and reason; all threads end", async (name, message, cause) => {
    const made = failing(name, name === "makeHanging" ? { learnerTimeout: 700 } : {});
    const learning = made.learn({ totalTimesteps: 640 });
    const threads = threadsOf(made);
    expect(threads.length).toBe(1);
    const error = (await failure(learning)) as LearnerFailedError;
    expect(error).toBeInstanceOf(LearnerFailedError);
    expect([error.code, error.learner]).toEqual(["LEARNER_FAILED", 1]);
    expect(error.message).toMatch(message);
    expect(error.cause).toMatchObject(cause);
    expect(threads.every(({ failure }) => failure !== undefined)).toBe(true);
    expect(threadsOf(made)).toEqual([]);
    if (name !== "makeThrowing") return;
    // The next training starts new learners, which fail at the same step.
    expect(await failure(made.learn({ totalTimesteps: 640 }))).toMatchObject({
      code: "LEARNER_FAILED",
      learner: 1,
    });
    expect(made.iterations).toBe(0);
  });

  it("all learners stop before a NaN loss changes any weight", async () => {
    const made = failing("makeNaN");
    const group = groupOf(made);
    const step = group.step.bind(group);
    const before: unknown[] = [];
    group.step = (...given) => {
      before.push(weights(made));
      return step(...given);
    };
    const error = await failure(made.learn({ totalTimesteps: 640 }));
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error.message).toMatch(/valueLoss NaN/);
    expect(before.length).toBe(4);
    expect(weights(made)).toEqual(before[3]);
    expect(before[3]).not.toEqual(before[2]);
    const reports = await group.report();
    expect(reports[1].checksum).toBe(reports[0].checksum);
  });
});

describe("one learner", () => {
  it("starts no thread", async () => {
    const made = trainer(cartPole);
    await rows(made, 64);
    expect(groupOf(made)).toBeUndefined();
  });
});
