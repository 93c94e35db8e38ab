/** Options of the PPO trainer: every detail of the published implementations, with checks. */

import { checkInteger } from "../core/check-integer.js";
import { InvalidArgumentError } from "../core/errors.js";
import type { Schedule, ScheduleSpec } from "../core/schedules.js";
import type { Env } from "../envs/env.js";
import type { EnvOptions } from "../envs/registry.js";
import type { StandardizeOptions, ValueClipKind } from "../losses/index.js";
import type { MinibatchMode } from "../memory/index.js";
import type { ActorCritic } from "../models/actor-critic.js";
import type { AdamOptions } from "../optimizers/index.js";
import type { ActionSpace, Box } from "../spaces/index.js";
import type { VectorEnv } from "../vector/vector-env.js";
import type { LearnerModel } from "./learners/learner-model.js";
import { checkRewardClipping, type RewardClipping } from "./reward-clipping.js";
import { scheduleOption } from "./schedule-option.js";

/** Makes a network for the given spaces; `seed` decides its first weights. */
export type ActorCriticFactory = (spaces: {
  observationSpace: Box;
  actionSpace: ActionSpace;
  seed: number;
}) => ActorCritic;

/** How advantages are standardised. */
export interface AdvantageNormalization extends StandardizeOptions {
  /** Over each minibatch (labml, CleanRL, SB3) or once over the whole rollout (RLlib). */
  over: "minibatch" | "rollout";
}

/** Penalty on the divergence from the acting policy. */
export interface KLPenalty {
  /** First coefficient (RLlib's `kl_coeff`). */
  initial: number;
  /** Wanted divergence (RLlib's `kl_target`), default 0.01. */
  target?: number;
}

/** Hyper-parameters of PPO. Names are SB3's; RLlib's stand beside them. */
export interface PPOHyperparameters {
  /** Environments, when `env` is an id; default 8. RLlib: `num_workers * num_envs_per_worker`. */
  numEnvs: number;
  /** Steps of each environment between updates, default 128. RLlib: `rollout_fragment_length`. */
  nSteps: number;
  /** Steps in a minibatch, default 256. RLlib: `sgd_minibatch_size`. */
  batchSize: number;
  /** Passes over each rollout, default 4. RLlib: `num_sgd_iter`. */
  nEpochs: number;
  /** Step size, a number or a schedule over the training's progress 0..1; default 2.5e-4. */
  learningRate: ScheduleSpec;
  /** Discount γ, default 0.99. */
  gamma: number;
  /** Trace decay λ of GAE, default 0.95. RLlib: `lambda`. */
  gaeLambda: number;
  /** Clip range ε of the ratio, a number or a schedule; default 0.2. RLlib: `clip_param`. */
  clipRange: ScheduleSpec;
  /** What the value loss clips, default `"none"`. */
  valueClip: ValueClipKind;
  /**
   * Range of the value clip: a number, a schedule, or `null` for the policy's clip range.
   * For `"squared-error"` it is RLlib's `vf_clip_param`.
   */
  clipRangeVf: ScheduleSpec | null;
  /** Factor of the mean squared error inside the value loss: default ½, and 1 for `"squared-error"`. */
  valueLossScale: number | null;
  /** Weight of the value loss, default 0.5. RLlib: `vf_loss_coeff`. */
  vfCoef: number;
  /** Weight of the entropy bonus, a number or a schedule; default 0.01. RLlib: `entropy_coeff`. */
  entCoef: ScheduleSpec;
  /** Largest global norm of the gradient, `null` for no clipping; default 0.5. RLlib: `grad_clip`. */
  maxGradNorm: number | null;
  /** Stops an update early when an epoch's approximate KL exceeds 1.5 times this; default `null`. */
  targetKl: number | null;
  /** KL penalty with adaptive coefficient, default none. */
  klPenalty: KLPenalty | null;
  /** Standardisation of advantages; default over minibatches with ε 1e-8, `null` for none. */
  normalizeAdvantage: AdvantageNormalization | null;
  /** Clipping of rewards for learning, default none. RLlib: `clip_rewards`. */
  clipRewards: RewardClipping;
  /**
   * Divides rewards by the running deviation of discounted returns and clips them to ±10, after
   * `clipRewards`; default false. Helps where returns are large and policy and value share weights.
   */
  normalizeReward: boolean;
  /**
   * Normalises observations by their running mean and deviation over all environments and clips them to
   * ±10; default false. The statistics belong to the policy: `predict` applies and `save` keeps them, so
   * that observations are given raw everywhere. For vectors, not for frames.
   */
  normalizeObservation: boolean;
  /** Whether a truncated episode is continued by the value of its final observation; default true. */
  bootstrapTruncated: boolean;
  /** Longest sequence of a recurrent network, default `nSteps`. RLlib: `max_seq_len`. */
  sequenceLength: number | null;
  /** Whether sequences also end at episode ends (RLlib) instead of running across with reset flags. */
  cutAtEpisodes: boolean;
  /** How sequences form minibatches, default `"exact"`. */
  minibatchMode: MinibatchMode;
  /** Adam's numbers; default ε 1e-5 in torch's form. */
  adam: AdamOptions;
  /**
   * Learners that share every minibatch, this thread among them; default 1. More need the worker threads of Node
   * (import `ncps-ts/node`) and the backend `"wasm"`. The same number gives the same run, bit for bit; another
   * one the same but for rounding.
   */
  learners: number;
}

/** Options of {@link PPOTrainer}. */
export interface PPOOptions extends Partial<PPOHyperparameters> {
  /**
   * The environments, or the id of one that is made `numEnvs` times. Environments of your own report
   * episodes through `RecordEpisodeStatistics`, their innermost wrapper; `makeVecEnv` adds it.
   */
  env: VectorEnv | string;
  /** Options of the environment, when `env` is an id. */
  envOptions?: EnvOptions;
  /** Wraps each environment, when `env` is an id; e.g. `wrapDeepmind`. */
  wrapper?: (env: Env, index: number) => Env;
  /** The network, or a factory. Default: an MLP 64-64 for vectors, the Nature network for frames. */
  model?: ActorCritic | ActorCriticFactory;
  /** Where other learners find the model's factory, when the model is not one of the library's. */
  learnerModel?: LearnerModel;
  /** Milliseconds after which a learner that does not answer counts as hanging, default 60000. */
  learnerTimeout?: number;
  /** Decides everything random: environments, first weights of a factory's model, actions, minibatches. */
  seed?: number;
}

/** The numbers of PPO that may change during training. */
export interface PPOSchedules {
  /** Step size. */
  learningRate: Schedule;
  /** Policy clip range. */
  clipRange: Schedule;
  /** Value clip range. */
  clipRangeVf: Schedule;
  /** Weight of the entropy bonus. */
  entCoef: Schedule;
}

/** Defaults of {@link PPOHyperparameters}. */
export const ppoDefaults: Readonly<PPOHyperparameters> = {
  numEnvs: 8,
  nSteps: 128,
  batchSize: 256,
  nEpochs: 4,
  learningRate: 2.5e-4,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  valueClip: "none",
  clipRangeVf: null,
  valueLossScale: null,
  vfCoef: 0.5,
  entCoef: 0.01,
  maxGradNorm: 0.5,
  targetKl: null,
  klPenalty: null,
  normalizeAdvantage: { over: "minibatch", epsilon: 1e-8 },
  clipRewards: false,
  normalizeReward: false,
  normalizeObservation: false,
  bootstrapTruncated: true,
  sequenceLength: null,
  cutAtEpisodes: false,
  minibatchMode: "exact",
  adam: { epsilon: 1e-5, epsilonMode: "torch" },
  learners: 1,
};

const otherOptions = ["env", "envOptions", "wrapper", "model", "learnerModel", "learnerTimeout", "seed"];

/**
 * Fills in defaults and checks every value.
 *
 * @throws InvalidArgumentError naming the option, what was expected and what came
 */
export function resolvePPOOptions(options: Partial<PPOOptions>): {
  hyperparameters: PPOHyperparameters;
  schedules: PPOSchedules;
} {
  const hyperparameters = { ...ppoDefaults };
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(ppoDefaults, name)) {
      if (value !== undefined) Object.assign(hyperparameters, { [name]: value });
    } else if (!otherOptions.includes(name)) {
      const known = Object.keys(ppoDefaults).join(", ");
      throw new InvalidArgumentError(name, `is not an option of PPO; the options are ${known}`);
    }
  }
  const h = hyperparameters;
  for (const name of ["numEnvs", "nSteps", "batchSize", "nEpochs", "learners"] as const) {
    checkInteger(name, h[name]);
  }
  if (options.learnerTimeout !== undefined) {
    within("learnerTimeout", options.learnerTimeout, Number.MIN_VALUE, Number.POSITIVE_INFINITY);
  }
  if (h.sequenceLength !== null) checkInteger("sequenceLength", h.sequenceLength);
  oneOf("minibatchMode", h.minibatchMode, ["exact", "rllib"]);
  oneOf("valueClip", h.valueClip, ["none", "value-change", "squared-error"]);
  if (h.normalizeAdvantage) {
    oneOf("normalizeAdvantage.over", h.normalizeAdvantage.over, ["minibatch", "rollout"]);
  }
  checkRewardClipping(h.clipRewards);
  if ((h.sequenceLength ?? h.nSteps) > h.batchSize && h.minibatchMode === "rllib") {
    throw new InvalidArgumentError(
      "sequenceLength",
      `expected at most batchSize (${h.batchSize}) in mode "rllib"`,
    );
  }
  for (const name of ["gamma", "gaeLambda"] as const) within(name, h[name], 0, 1);
  within("vfCoef", h.vfCoef, 0, Number.POSITIVE_INFINITY);
  for (const name of ["maxGradNorm", "targetKl"] as const) {
    const value = h[name];
    if (value !== null) within(name, value, Number.MIN_VALUE, Number.POSITIVE_INFINITY);
  }
  if (h.valueLossScale !== null) within("valueLossScale", h.valueLossScale, 0, Number.MAX_VALUE);
  const clipRange = scheduleOption("clipRange", h.clipRange);
  const ownValueClip = h.clipRangeVf ?? (h.valueClip === "squared-error" ? 10 : null);
  const schedules = {
    learningRate: scheduleOption("learningRate", h.learningRate),
    clipRange,
    clipRangeVf: ownValueClip === null ? clipRange : scheduleOption("clipRangeVf", ownValueClip),
    entCoef: scheduleOption("entCoef", h.entCoef, { negative: true }),
  };
  return { hyperparameters, schedules };
}

function oneOf(name: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const expected = known.map((each) => `"${each}"`).join(" or ");
  throw new InvalidArgumentError(name, `expected ${expected}, received ${JSON.stringify(value)}`);
}

function within(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new InvalidArgumentError(name, `expected a number in ${low}..${high}, received ${value}`);
  }
}
