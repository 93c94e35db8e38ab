/** Options of the DQN trainer, with validation. */

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

/** Creates a network for the given spaces; `seed` determines its initial weights. */
export type QNetworkFactory = (spaces: {
  observationSpace: Box;
  actionSpace: Discrete;
  dueling: boolean;
  seed: number;
}) => QNetwork;

/** Options of prioritized replay. */
export interface PrioritizedOptions {
  /** Exponent of the priorities, 0 (uniform) to 1; default 0.6. */
  alpha?: number;
  /** Exponent of the importance weights over the training's progress 0..1; default linear from 0.4 to 1. */
  beta?: ScheduleSpec;
  /** Environment steps over which `beta` runs; default: the whole training. */
  betaSteps?: number;
  /** Added to every absolute TD error, default 1e-6. */
  epsilon?: number;
}

const prioritizedNames = optionNames<PrioritizedOptions>({
  alpha: true,
  beta: true,
  betaSteps: true,
  epsilon: true,
});

/** Hyper-parameters of DQN, with SB3's names where SB3 has them. */
export interface DQNHyperparameters {
  /** Number of environments, when `env` is an id; default 1. */
  numEnvs: number;
  /** Frames in the replay memory, over all environments (SB3's buffer_size); default 100,000 (SB3: 1,000,000). */
  capacity: number;
  /** Environment steps with random actions before training begins; default 100. */
  learningStarts: number;
  /** Steps of the environments between trainings, default 4. */
  trainFreq: number;
  /** Gradient steps per training, default 1; -1 for as many as environment steps since the last training. */
  gradientSteps: number;
  /** Environment steps between updates of the target network, default 10,000. */
  targetUpdateInterval: number;
  /** Soft update coefficient (Polyak) in (0, 1]; 1, the default, is a hard update. */
  tau: number;
  /** Transitions per batch, default 32. */
  batchSize: number;
  /** Discount γ, default 0.99. */
  gamma: number;
  /** Learning rate, a number or a schedule over the training's progress 0..1; default 1e-4. */
  learningRate: ScheduleSpec;
  /** Fraction of the training over which the exploration rate decreases, default 0.1. */
  explorationFraction: number;
  /** Initial probability of a random action, default 1. */
  explorationInitialEps: number;
  /** Final probability of a random action, default 0.05. */
  explorationFinalEps: number;
  /**
   * Probability of a random action as a function of environment steps, e.g. {@link epsilonSchedule}; replaces the three
   * options above. Default `null`.
   */
  exploration: ScheduleSpec | null;
  /** Maximum gradient norm (global), `null` for no clipping; default 10. */
  maxGradNorm: number | null;
  /** Number of steps of n-step returns, default 1. */
  nStep: number;
  /** Whether to use double Q-learning (van Hasselt et al. 2016); default true. */
  double: boolean;
  /** Whether the default network has dueling streams; passed to factories. Default true. */
  dueling: boolean;
  /** Options of prioritized replay; default `null`: uniform sampling. */
  prioritized: PrioritizedOptions | null;
  /** Threshold δ of the Huber loss, default 1; `null` for half the squared error. */
  huberDelta: number | null;
  /** Whether the loss is the mean over the taken actions (default) or over all, as in Keras; see `DQNLoss`. */
  lossMean: "taken" | "all";
  /** Clipping of rewards for training, default none; reported returns are never clipped. */
  clipRewards: RewardClipping | false;
  /** Whether the value of the final observation is bootstrapped when an episode is truncated; default true. */
  bootstrapTruncated: boolean;
  /**
   * Number of frames stacked along the last axis of an observation, as by `FrameStack`; default 1. The memory then
   * stores each frame once. Must equal the wrapper's number: this is checked in the first steps.
   */
  numStack: number;
  /** The optimizer, default `"adam"`. */
  optimizer: "adam" | "rmsprop";
  /** Options of Adam; default those of torch. */
  adam: AdamOptions;
  /** Options of RMSProp; default those of torch. */
  rmsprop: RMSPropOptions;
  /** Environment steps per iteration: between two rows of the log and two calls of `onUpdateEnd`; default 1,000. */
  stepsPerIteration: number;
  /**
   * Whether checkpoints contain the replay memory, default true. Without it a resumed run first plays `learningStarts`
   * steps by its policy and is not bit for bit the same; if the environments can be saved, the first stacks of
   * frames are complete nevertheless.
   */
  saveReplayMemory: boolean;
}

/** Options of {@link DQNTrainer}. */
export interface DQNOptions extends Partial<DQNHyperparameters> {
  /**
   * The environments, or the id of one that is made `numEnvs` times. Wrap your own environments in a `SyncVectorEnv`,
   * which reports their episodes.
   */
  env: VectorEnv | string;
  /** Options of the environment, when `env` is an id. */
  envOptions?: EnvOptions;
  /** Wraps each environment, when `env` is an id; e.g. `wrapDeepmind`. */
  wrapper?: (env: Env, index: number) => Env;
  /** The network, or a factory. Default: an MLP 64-64 for vectors, convolutions of Mnih et al. 2015 for frames. */
  model?: QNetwork | QNetworkFactory;
  /** Seed of environments, initial weights of a factory's model, actions and batches. */
  seed?: number;
}

/** The coefficients of DQN that may change during training. */
export interface DQNSchedules {
  /** Learning rate, as a function of progress. */
  learningRate: Schedule;
  /** Probability of a random action, as a function of environment steps; missing when it follows progress. */
  exploration?: Schedule;
  /** Exponent of the importance weights, as a function of progress or `betaSteps`. */
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
 * Fills in defaults and validates every option.
 *
 * @throws InvalidArgumentError naming the option, what was expected and what was received
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
