/** Options of the DQN trainer, with checks. */

import type { AdamOptions, RMSPropOptions } from "tfjs-training";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { checkRewardClipping, type RewardClipping } from "../../core/reward-clipping.js";
import type { Schedule, ScheduleSpec } from "../../core/schedules.js";
import { showValue } from "../../core/show-value.js";
import type { Env } from "../../envs/env.js";
import type { EnvOptions } from "../../envs/registry.js";
import type { QNetwork } from "../../models/index.js";
import type { Box, Discrete } from "../../spaces/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { scheduleOption } from "../common/schedule-option.js";
import { trainerHints } from "../common/trainer-hints.js";

/** Makes a network for the given spaces; `seed` decides its first weights. */
export type QNetworkFactory = (spaces: {
  observationSpace: Box;
  actionSpace: Discrete;
  dueling: boolean;
  seed: number;
}) => QNetwork;

/** Prioritized replay. */
export interface PrioritizedOptions {
  /** How much priorities count, 0 (uniform) to 1; default 0.6. */
  alpha?: number;
  /** Exponent of the importance weights over the training's progress 0..1; default a line from 0.4 to 1. */
  beta?: ScheduleSpec;
  /** Environment steps over which `beta` runs; default: the whole training. */
  betaSteps?: number;
  /** Added to every error, default 1e-6. */
  epsilon?: number;
}

const prioritizedNames = optionNames<PrioritizedOptions>({
  alpha: true,
  beta: true,
  betaSteps: true,
  epsilon: true,
});

/** Hyper-parameters of DQN. Names are SB3's where it has one. */
export interface DQNHyperparameters {
  /** Environments, when `env` is an id; default 1. */
  numEnvs: number;
  /** Frames that the memory keeps, over all environments; default 100,000 (SB3: 1,000,000). */
  capacity: number;
  /** Environment steps played at random before training begins; default 100. */
  learningStarts: number;
  /** Steps of the environments between trainings, default 4. */
  trainFreq: number;
  /** Batches in a training, default 1; -1 for as many as there were environment steps since the last one. */
  gradientSteps: number;
  /** Environment steps between updates of the target network, default 10,000. */
  targetUpdateInterval: number;
  /** What such an update takes over of the trained weights, above 0 to 1 (a copy); default 1. */
  tau: number;
  /** Transitions in a batch, default 32. */
  batchSize: number;
  /** Discount γ, default 0.99. */
  gamma: number;
  /** Learning rate, a number or a schedule over the training's progress 0..1; default 1e-4. */
  learningRate: ScheduleSpec;
  /** Part of the training over which the probability of random actions falls, default 0.1. */
  explorationFraction: number;
  /** Probability of a random action at first, default 1. */
  explorationInitialEps: number;
  /** And at last, default 0.05. */
  explorationFinalEps: number;
  /**
   * Probability of a random action over environment steps, e.g. {@link epsilonSchedule}; replaces the three
   * numbers above. Default `null`.
   */
  exploration: ScheduleSpec | null;
  /** Largest global norm of the gradient, `null` for no clipping; default 10. */
  maxGradNorm: number | null;
  /** Steps that a reward sums over before it is continued by a value, default 1. */
  nStep: number;
  /** Whether the trained network chooses the action that the target network values; default true. */
  double: boolean;
  /** Whether the default network has a stream for the value of the state; default true. Factories may heed it. */
  dueling: boolean;
  /** Prioritized replay, default `null`: uniform. */
  prioritized: PrioritizedOptions | null;
  /** Where Huber's loss becomes linear, default 1; `null` for half the squared error. */
  huberDelta: number | null;
  /** Whether the loss is the mean over the taken actions (default) or over all, as in Keras; see `DQNLoss`. */
  lossMean: "taken" | "all";
  /** Clipping of rewards for learning, default none; reported returns are never clipped. */
  clipRewards: RewardClipping | false;
  /** Whether a truncated episode is continued by the value of its final observation; default true. */
  bootstrapTruncated: boolean;
  /**
   * Frames in an observation, along the last axis, as `FrameStack` makes them; default 1. The memory then keeps each
   * frame once. Must be what the wrapper stacks: the first steps check it.
   */
  numStack: number;
  /** Default `"adam"`. */
  optimizer: "adam" | "rmsprop";
  /** Adam's numbers; default those of torch. */
  adam: AdamOptions;
  /** RMSProp's numbers; default those of torch. */
  rmsprop: RMSPropOptions;
  /** Environment steps in an iteration: between two rows of the log and two calls of `onUpdateEnd`; default 1,000. */
  stepsPerIteration: number;
  /**
   * Whether checkpoints hold the memory, default true. Without it a resumed run first plays `learningStarts`
   * steps by its policy and is not bit for bit the same; where the environments can be saved, the first stacks of
   * frames are whole all the same.
   */
  saveReplayMemory: boolean;
}

/** Options of {@link DQNTrainer}. */
export interface DQNOptions extends Partial<DQNHyperparameters> {
  /**
   * The environments, or the id of one that is made `numEnvs` times. Environments of your own go into a
   * `SyncVectorEnv`, which reports their episodes.
   */
  env: VectorEnv | string;
  /** Options of the environment, when `env` is an id. */
  envOptions?: EnvOptions;
  /** Wraps each environment, when `env` is an id; e.g. `wrapDeepmind`. */
  wrapper?: (env: Env, index: number) => Env;
  /** The network, or a factory. Default: an MLP 64-64 for vectors, convolutions of Mnih et al. 2015 for frames. */
  model?: QNetwork | QNetworkFactory;
  /** Decides everything random: environments, first weights of a factory's model, actions, batches. */
  seed?: number;
}

/** The numbers of DQN that may change during training. */
export interface DQNSchedules {
  /** Learning rate, over progress. */
  learningRate: Schedule;
  /** Probability of a random action, over environment steps; missing when it goes by progress. */
  exploration?: Schedule;
  /** Exponent of the importance weights, over progress or `betaSteps`. */
  beta: Schedule;
}

/** Defaults of {@link DQNHyperparameters}. */
export const dqnDefaults: Readonly<DQNHyperparameters> = {
  numEnvs: 1,
  capacity: 100_000,
  learningStarts: 100,
  trainFreq: 4,
  gradientSteps: 1,
  targetUpdateInterval: 10_000,
  tau: 1,
  batchSize: 32,
  gamma: 0.99,
  learningRate: 1e-4,
  explorationFraction: 0.1,
  explorationInitialEps: 1,
  explorationFinalEps: 0.05,
  exploration: null,
  maxGradNorm: 10,
  nStep: 1,
  double: true,
  dueling: true,
  prioritized: null,
  huberDelta: 1,
  lossMean: "taken",
  clipRewards: false,
  bootstrapTruncated: true,
  numStack: 1,
  optimizer: "adam",
  adam: {},
  rmsprop: {},
  stepsPerIteration: 1000,
  saveReplayMemory: true,
};

const defaultBeta: ScheduleSpec = { kind: "linear", initial: 0.4, final: 1 };
const otherOptions = ["env", "envOptions", "wrapper", "model", "seed"];
const integers = [
  "numEnvs",
  "capacity",
  "trainFreq",
  "targetUpdateInterval",
  "batchSize",
  "nStep",
  "numStack",
  "stepsPerIteration",
] as const;
const fractions = [
  "gamma",
  "tau",
  "explorationFraction",
  "explorationInitialEps",
  "explorationFinalEps",
] as const;

/**
 * Fills in defaults and checks every value.
 *
 * @throws InvalidArgumentError naming the option, what was expected and what came
 */
export function resolveDQNOptions(options: Partial<DQNOptions>): {
  hyperparameters: DQNHyperparameters;
  schedules: DQNSchedules;
} {
  checkOptions("DQNTrainer", options, [...otherOptions, ...Object.keys(dqnDefaults)], trainerHints);
  const hyperparameters = { ...dqnDefaults };
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(dqnDefaults, name) && value !== undefined) {
      Object.assign(hyperparameters, { [name]: value });
    }
  }
  const h = hyperparameters;
  const check = (name: keyof DQNHyperparameters, right: boolean, expected: string) => {
    if (!right) throw new InvalidArgumentError(name, `expected ${expected}, received ${showValue(h[name])}`);
  };
  for (const name of integers) check(name, Number.isInteger(h[name]) && h[name] > 0, "a positive integer");
  for (const name of fractions) check(name, h[name] >= 0 && h[name] <= 1, "a number in 0..1");
  check("tau", h.tau > 0, "a number above 0");
  check(
    "learningStarts",
    Number.isInteger(h.learningStarts) && h.learningStarts >= 0,
    "an integer from 0 on",
  );
  check(
    "gradientSteps",
    Number.isInteger(h.gradientSteps) && (h.gradientSteps > 0 || h.gradientSteps === -1),
    "a positive integer or -1",
  );
  check("maxGradNorm", h.maxGradNorm === null || h.maxGradNorm > 0, "a number above 0 or null");
  check("optimizer", h.optimizer === "adam" || h.optimizer === "rmsprop", '"adam" or "rmsprop"');
  check("huberDelta", h.huberDelta === null || h.huberDelta > 0, "a number above 0 or null");
  check("lossMean", h.lossMean === "taken" || h.lossMean === "all", '"taken" or "all"');
  checkRewardClipping("clipRewards", h.clipRewards);
  if (h.prioritized) checkOptions("prioritized", h.prioritized, prioritizedNames);
  const betaSteps = h.prioritized?.betaSteps;
  if (betaSteps !== undefined && !(betaSteps > 0)) {
    throw new InvalidArgumentError(
      "prioritized.betaSteps",
      `expected a number above 0, received ${betaSteps}`,
    );
  }
  return {
    hyperparameters,
    schedules: {
      learningRate: scheduleOption("learningRate", h.learningRate),
      ...(h.exploration !== null && {
        exploration: scheduleOption("exploration", h.exploration, { over: "steps" }),
      }),
      beta: scheduleOption("prioritized.beta", h.prioritized?.beta ?? defaultBeta),
    },
  };
}
