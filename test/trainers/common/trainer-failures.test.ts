/** Tests of cleanup when a trainer cannot be created, closed or trained. */

import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, InvalidStateError } from "../../../src/core/errors.js";
import { make, register } from "../../../src/envs/registry.js";
import { MlpActorCritic, MlpQNetwork } from "../../../src/models/index.js";
import { useBackend } from "../../../src/recurrent/use-backend.js";
import { Box, Discrete } from "../../../src/spaces/index.js";
import {
  cartPoleDQN,
  cartPolePPO,
  type DQNOptions,
  DQNTrainer,
  type PPOOptions,
  PPOTrainer,
} from "../../../src/trainers/index.js";
import { SyncVectorEnv } from "../../../src/vector/sync-vector-env.js";
import { FramesEnv } from "../frames-env.js";

beforeAll(() => useBackend("cpu"));

const ppo = { env: "CartPole-v1", numEnvs: 2, numSteps: 8, batchSize: 8, nEpochs: 1, seed: 5 };
const dqn = { env: "CartPole-v1", learningStarts: 10, capacity: 100, seed: 5 };

const wrongPPO: [string, object][] = [
  ["beta1", { adam: { beta1: 2 } }],
  ["initial", { klPenalty: { initial: -1 } }],
  ["valueClip", { valueClip: "clipped" }],
  ["valueLossScale", { valueLossScale: Number.NaN }],
  ["clipRangeVf", { valueClip: "none", clipRangeVf: 0.2 }],
  ["targetKlCheck", { targetKlCheck: "never" }],
  ["klEstimator", { klEstimator: "k4" }],
  ["minibatchMode", { minibatchMode: "even" }],
  ["normalizeAdvantage.over", { normalizeAdvantage: { over: "batch" } }],
  ["clipRewards", { clipRewards: "signs" }],
  ["clipRewards", { clipRewards: { limit: -1 } }],
  ["learningRate", { learningRate: -1e-3 }],
  ["learningRate", { learningRate: { kind: "linear", initial: 1e-3, final: -1e-3 } }],
  ["clipRange", { clipRange: -0.1 }],
  ["numSteps", { numSteps: 2 ** 40 }],
  ["batchSize", { minibatchMode: "rllib", batchSize: 17 }],
];

const wrongDQN: [string, object][] = [
  ["beta1", { adam: { beta1: 2 } }],
  ["huberDelta", { huberDelta: 0 }],
  ["lossMean", { lossMean: "some" }],
  ["clipRewards", { clipRewards: "signs" }],
  ["learningRate", { learningRate: -1e-3 }],
];

function refuses(name: string, make: () => unknown): void {
  const before = tf.memory().numTensors;
  expect(make).toThrow(InvalidArgumentError);
  expect(make).toThrow(new RegExp(`^${name.replace(".", "\\.")}: `));
  expect(tf.memory().numTensors).toBe(before);
}

describe("an invalid option is rejected before anything is allocated", () => {
  it.each(wrongPPO)("PPO: %s of %j", (name, options) => {
    refuses(name, () => new PPOTrainer({ ...ppo, ...options } as PPOOptions));
  });

  it.each(wrongDQN)("DQN: %s of %j", (name, options) => {
    refuses(name, () => new DQNTrainer({ ...dqn, ...options } as DQNOptions));
  });
});

const dip = {
  kind: "piecewise",
  points: [
    [0, 1e-3],
    [0.5, -1e-3],
    [1, 1e-3],
  ],
};
// Valid at both ends, with a description that is valid everywhere.
const trap = {
  value: (x: number) => (x > 0 && x < 1 ? Number.NaN : 1e-3),
  toJSON: () => ({ kind: "constant", value: 1e-3 }),
};
const undescribed = { value: () => 1e-3 };

describe("a schedule that is invalid between its ends", () => {
  const inPPO = ["learningRate", "clipRange", "clipRangeVf", "entCoef"];
  it.each([...inPPO.map((name) => ["PPO", name]), ["DQN", "learningRate"], ["DQN", "exploration"]])(
    "%s: %s is rejected by the constructor if its description shows it, or if it has no description",
    (kind, name) => {
      const make = (spec: unknown) => () =>
        kind === "PPO"
          ? new PPOTrainer({ ...ppo, [name]: spec } as PPOOptions)
          : new DQNTrainer({ ...dqn, [name]: spec } as DQNOptions);
      if (name !== "entCoef") refuses(name, make(dip));
      refuses(name, make(undescribed));
    },
  );

  it.each([
    ["PPO", "learningRate", (spec: unknown) => new PPOTrainer({ ...ppo, learningRate: spec } as PPOOptions)],
    ["PPO", "entCoef", (spec: unknown) => new PPOTrainer({ ...ppo, entCoef: spec } as PPOOptions)],
    ["DQN", "learningRate", (spec: unknown) => new DQNTrainer({ ...dqn, learningRate: spec } as DQNOptions)],
    [
      "DQN",
      "prioritized.beta",
      (spec: unknown) => new DQNTrainer({ ...dqn, prioritized: { beta: spec } } as DQNOptions),
    ],
  ])("%s: %s ends the training with an error, and leaks no tensors", async (_, name, makeTrainer) => {
    // Tensors that are created once for all trainers do not count.
    const other = makeTrainer(1e-3);
    await other.learn({ totalTimesteps: 16 });
    await other.close();
    const before = tf.memory().numTensors;
    const trainer = makeTrainer(trap);
    const training = trainer.learn({ totalTimesteps: 64 });
    await expect(training).rejects.toThrow(InvalidArgumentError);
    await expect(training).rejects.toThrow(new RegExp(`^${name}: expected a finite number.*NaN at progress`));
    await trainer.close();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("what the library created is freed when the network", () => {
  const frames = () => new SyncVectorEnv([() => new FramesEnv()]);
  const kinds = {
    PPO: (options: object) => new PPOTrainer({ ...ppo, ...options } as PPOOptions),
    DQN: (options: object) => new DQNTrainer({ ...dqn, ...options } as DQNOptions),
  };

  describe.each(Object.entries(kinds))("of %s", (kind, makeTrainer) => {
    const fails = (options: object, message: RegExp) => {
      const before = tf.memory().numTensors;
      expect(() => makeTrainer(options)).toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
    };

    it("cannot be created", () => {
      const model = (spaces: never) => {
        if (kind === "PPO") new MlpActorCritic(spaces);
        else new MlpQNetwork(spaces);
        throw new Error("half made");
      };
      fails({ model }, /half made/);
    });

    it("comes from a preset for other observations, which the message names", () => {
      const preset = kind === "PPO" ? cartPolePPO : cartPoleDQN;
      const env = frames();
      const shape = env.observationSpace.shape.join(", ");
      fails(
        { ...preset, env },
        new RegExp(`^model: .*preset.*observations \\[${shape}\\].*model: undefined`),
      );
    });

    it("has another output shape", () => {
      const env = frames();
      const actionSpace = new Discrete(3);
      const observationSpace = new Box({ low: 0, high: 1, shape: [3] });
      const model = () =>
        kind === "PPO"
          ? new MlpActorCritic({ observationSpace, actionSpace })
          : new MlpQNetwork({ observationSpace, actionSpace });
      fails({ env, model }, /model: expected shape \[44, 44, 4\] observations/);
      fails({ model }, /model: expected shape \[4\] observations/);
    });
  });

  it("cannot be copied", () => {
    const model = (spaces: ConstructorParameters<typeof MlpQNetwork>[0]) =>
      Object.assign(new MlpQNetwork(spaces), {
        clone: () => {
          new MlpQNetwork(spaces);
          throw new Error("no copy");
        },
      });
    const before = tf.memory().numTensors;
    expect(() => new DQNTrainer({ ...dqn, model } as DQNOptions)).toThrow("no copy");
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("an error from closing environments does not hide why a trainer could not be created", async () => {
  register("Stuck-v0", () => {
    const env = make("CartPole-v1");
    env.close = () => {
      throw new Error("stuck");
    };
    return env;
  });
  const model = () => {
    throw new Error("no network");
  };
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  expect(() => new PPOTrainer({ ...ppo, env: "Stuck-v0", model })).toThrow("no network");
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("unhandledRejection", listen);
  expect(unhandled).toEqual([]);
});

it("mode rllib trains on rollouts of just one slice", async () => {
  const trainer = new PPOTrainer({ ...ppo, minibatchMode: "rllib", batchSize: 16 });
  await trainer.learn({ totalTimesteps: 16 });
  expect(trainer.iterations).toBe(1);
  await trainer.close();
});

it.each([
  ["PPO", (env: SyncVectorEnv) => new PPOTrainer({ ...ppo, env })],
  ["DQN", (env: SyncVectorEnv) => new DQNTrainer({ ...dqn, env })],
])("%s frees its tensors when an environment cannot be closed", async (_, makeTrainer) => {
  const env = make("CartPole-v1");
  env.close = () => {
    throw new Error("stuck");
  };
  const before = tf.memory().numTensors;
  const trainer = makeTrainer(new SyncVectorEnv([() => env]));
  await trainer.learn({ totalTimesteps: 16 });
  await expect(trainer.close()).rejects.toThrow("stuck");
  expect(tf.memory().numTensors).toBe(before);
});

it.each([
  ["PPO", () => new PPOTrainer(ppo)],
  ["DQN", () => new DQNTrainer(dqn)],
])("%s rejects a concurrent training, and accepts another one after the first", async (_, makeTrainer) => {
  const trainer = makeTrainer();
  const first = trainer.learn({ totalTimesteps: 32 });
  await expect(trainer.learn({ totalTimesteps: 32 })).rejects.toThrow(InvalidStateError);
  await first;
  expect(trainer.numTimesteps).toBe(32);
  await trainer.learn({ totalTimesteps: 32 });
  expect(trainer.numTimesteps).toBe(64);
  await trainer.close();
});
