/** Options of the PPO trainer, covering the details of published implementations, with validation. */

import type { AdamOptions } from "tfjs-training";
import { checkInteger } from "../../core/check-integer.js";
import { checkOptions, optionNames } from "../../core/check-options.js";
import { InvalidArgumentError } from "../../core/errors.js";
import { checkRewardClipping, type RewardClipping } from "../../core/reward-clipping.js";
import type { Schedule, ScheduleSpec } from "../../core/schedules.js";
import { showValue } from "../../core/show-value.js";
import type { Env } from "../../envs/env.js";
import type { EnvOptions } from "../../envs/registry.js";
import { klEstimators } from "../../losses/clipped-ppo-loss.js";
import { valueClipKinds } from "../../losses/clipped-value-loss.js";
import type { KLEstimator, StandardizeOptions, ValueClipKind } from "../../losses/index.js";
import type { MinibatchMode } from "../../memory/index.js";
import type { ActorCritic } from "../../models/actor-critic.js";
import type { ActionSpace, Box } from "../../spaces/index.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import { scheduleOption } from "../common/schedule-option.js";
import { trainerHints } from "../common/trainer-hints.js";
import type { LearnerModel } from "./learners/learner-model.js";

/** Creates a network for the given spaces; `seed` determines its initial weights. */
export type ActorCriticFactory = (spaces: {
  observationSpace: Box;
  actionSpace: ActionSpace;
  seed: number;
}) => ActorCritic;

/** How advantages are standardised. */
export interface AdvantageNormalization extends StandardizeOptions {
  /** Computed over each minibatch (labml, CleanRL, SB3) or once over the whole rollout (RLlib). */
  over: "minibatch" | "rollout";
}

const normalizationNames = optionNames<AdvantageNormalization>({
  over: true,
  ddof: true,
  epsilon: true,
  floor: true,
});

/** Penalty on the KL divergence from the acting policy. */
export interface KLPenalty {
  /** Initial coefficient (RLlib's `kl_coeff`). */
  initial: number;
  /** Target divergence (RLlib's `kl_target`), default 0.01. */
  target?: number;
}

/**
 * When `targetKl` ends an update early.
 *
 * - `"minibatch"` (SB3): before the step of a minibatch whose approximate KL exceeds 1.5 times the target.
 * - `"last-minibatch"` (CleanRL): after an epoch whose last minibatch exceeds the target itself.
 * - `"epoch"`: after an epoch whose mean over its minibatches exceeds 1.5 times the target.
 */
export type TargetKlCheck = "minibatch" | "last-minibatch" | "epoch";

const targetKlChecks: readonly TargetKlCheck[] = ["minibatch", "last-minibatch", "epoch"];

/**
 * Hyper-parameters of PPO. Options with a name of Stable-Baselines3 (SB3) have the same meaning as there: one update
 * equals `PPO.train()` with equal values. Deviations of other libraries are separate options. RLlib's names are given
 * in the descriptions.
 */
export interface PPOHyperparameters {
  /** Number of environments, when `env` is an id; default 8. RLlib: `num_workers * num_envs_per_worker`. */
  numEnvs: number;
  /** Steps per environment in a rollout, default 128. RLlib: `rollout_fragment_length`. */
  numSteps: number;
  /** Steps per minibatch, default 256. RLlib: `sgd_minibatch_size`. */
  batchSize: number;
  /** Epochs: passes over each rollout, default 4. RLlib: `num_sgd_iter`. */
  nEpochs: number;
  /** Learning rate, a number or a schedule over the training's progress 0..1; default 2.5e-4. */
  learningRate: ScheduleSpec;
  /** Discount γ, default 0.99. */
  gamma: number;
  /** Trace decay λ of GAE, default 0.95. RLlib: `lambda`. */
  gaeLambda: number;
  /** Clip range ε of the probability ratio, a number or a schedule; default 0.2. RLlib: `clip_param`. */
  clipRange: ScheduleSpec;
  /**
   * Kind of value clipping. Default `null`, as in SB3: `"clipped-value"` where `clipRangeVf` is given, else
   * `"none"`. `"value-change"` is the larger of both losses (baselines, labml, CleanRL).
   */
  valueClip: ValueClipKind | null;
  /**
   * Clip range of the value, a number or a schedule. Default `null`: SB3's, which does not clip values. If `valueClip`
   * is given without a range, the policy's clip range is used, or 10 for `"squared-error"` (RLlib's `vf_clip_param`).
   */
  clipRangeVf: ScheduleSpec | null;
  /**
   * Factor of the mean squared error in the value loss, default 1 (SB3, RLlib). Baselines, labml and CleanRL
   * use ½: with it, `vfCoef: 0.5` weights the squared error by a quarter.
   */
  valueLossScale: number;
  /** Weight of the value loss, default 0.5: of the mean squared error, as in SB3. RLlib: `vf_loss_coeff`. */
  vfCoef: number;
  /** Weight of the entropy bonus, a number or a schedule; default 0.01. RLlib: `entropy_coeff`. */
  entCoef: ScheduleSpec;
  /** Maximum gradient norm (global), `null` for no clipping; default 0.5. RLlib: `grad_clip`. */
  maxGradNorm: number | null;
  /** Ends an update early when the KL divergence exceeds this, as `targetKlCheck` says; default `null`. */
  targetKl: number | null;
  /** When `targetKl` is checked, default `"minibatch"`, as in SB3. */
  targetKlCheck: TargetKlCheck;
  /** Estimator of the approximate KL that `targetKl` checks and the log contains, default `"k3"`, as in SB3. */
  klEstimator: KLEstimator;
  /** KL penalty with adaptive coefficient, default none. */
  klPenalty: KLPenalty | null;
  /**
   * Standardisation of advantages; default SB3's: over minibatches, by the sample standard deviation (`ddof: 1`), with
   * ε 1e-8. `null` for none. A minibatch of a single step is left unchanged.
   */
  normalizeAdvantage: AdvantageNormalization | null;
  /** Clipping of rewards for training, default none. RLlib: `clip_rewards`. */
  clipRewards: RewardClipping | false;
  /**
   * Divides rewards by the running standard deviation of discounted returns and clips them to ±10, after
   * `clipRewards`; default false. Helps where returns are large and policy and value share weights.
   */
  normalizeReward: boolean;
  /**
   * Normalises observations by their running mean and standard deviation over all environments and clips them to
   * ±10; default false. The statistics belong to the policy: `predict` applies them and `save` stores them, so
   * observations are always passed raw. For vectors, not for frames.
   */
  normalizeObservation: boolean;
  /** Whether the value of the final observation is bootstrapped when an episode is truncated; default true. */
  bootstrapTruncated: boolean;
  /** Maximum sequence length of a recurrent network, default `numSteps`. RLlib: `max_seq_len`. */
  sequenceLength: number | null;
  /** Whether sequences also end at episode ends (RLlib) instead of continuing across them with reset flags. */
  cutAtEpisodes: boolean;
  /** How sequences are grouped into minibatches, default `"exact"`. */
  minibatchMode: MinibatchMode;
  /** Options of Adam; default ε 1e-5 in torch's form. */
  adam: AdamOptions;
  /**
   * Number of learners that share every minibatch, including this thread; default 1. More than one requires worker
   * threads in Node (import `ncps-ts/node`) and the backend `"wasm"`. Runs with the same number are equal bit for bit;
   * runs with different numbers are equal except for rounding.
   */
  learners: number;
}

/** Options of {@link PPOTrainer}. */
export interface PPOOptions extends Partial<Omit<PPOHyperparameters, "normalizeAdvantage">> {
  /** Standardisation of advantages; `true` (SB3's, the default), `false` or `null` for none, or its options. */
  normalizeAdvantage?: AdvantageNormalization | boolean | null;
  /**
   * The environments, or the id of one that is made `numEnvs` times. Wrap your own environments in a `SyncVectorEnv`,
   * which reports their episodes.
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
  /** Milliseconds after which a learner that does not answer counts as hung, default 60000. */
  learnerTimeout?: number;
  /** Seed of environments, initial weights of a factory's model, actions and minibatches. */
  seed?: number;
}

/** The coefficients of PPO that may change during training. */
export interface PPOSchedules {
  /** Learning rate. */
  learningRate: Schedule;
  /** Policy clip range. */
  clipRange: Schedule;
  /** Value clip range. */
  clipRangeVf: Schedule;
  /** Weight of the entropy bonus. */
  entCoef: Schedule;
}

const sb3Advantages: AdvantageNormalization = { over: "minibatch", ddof: 1, epsilon: 1e-8 };

/** Defaults of {@link PPOHyperparameters}. */
export const ppoDefaults: Readonly<PPOHyperparameters> = {
  numEnvs: 8,
  numSteps: 128,
  batchSize: 256,
  nEpochs: 4,
  learningRate: 2.5e-4,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  valueClip: null,
  clipRangeVf: null,
  valueLossScale: 1,
  vfCoef: 0.5,
  entCoef: 0.01,
  maxGradNorm: 0.5,
  targetKl: null,
  targetKlCheck: "minibatch",
  klEstimator: "k3",
  klPenalty: null,
  normalizeAdvantage: sb3Advantages,
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

/** The kind of value clipping: that of `valueClip`, or else SB3's. */
export function valueClipOf({
  valueClip,
  clipRangeVf,
}: Pick<PPOHyperparameters, "valueClip" | "clipRangeVf">): ValueClipKind {
  return valueClip ?? (clipRangeVf === null ? "none" : "clipped-value");
}

/**
 * Fills in defaults and validates every option.
 *
 * @throws InvalidArgumentError naming the option, what was expected and what was received
 */
export function resolvePPOOptions(options: Partial<PPOOptions>): {
  hyperparameters: PPOHyperparameters;
  schedules: PPOSchedules;
} {
  checkOptions("PPOTrainer", options, [...otherOptions, ...Object.keys(ppoDefaults)], trainerHints);
  const hyperparameters = { ...ppoDefaults };
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(ppoDefaults, name) && value !== undefined) {
      Object.assign(hyperparameters, { [name]: value });
    }
  }
  const h = hyperparameters;
  if (typeof options.normalizeAdvantage === "boolean") {
    h.normalizeAdvantage = options.normalizeAdvantage ? sb3Advantages : null;
  }
  for (const name of ["numEnvs", "numSteps", "batchSize", "nEpochs", "learners"] as const) {
    checkInteger(name, h[name]);
  }
  if (options.learnerTimeout !== undefined) {
    within("learnerTimeout", options.learnerTimeout, Number.MIN_VALUE, Number.POSITIVE_INFINITY);
  }
  if (h.sequenceLength !== null) checkInteger("sequenceLength", h.sequenceLength);
  oneOf("minibatchMode", h.minibatchMode, ["exact", "rllib"]);
  if (h.valueClip !== null) oneOf("valueClip", h.valueClip, valueClipKinds);
  oneOf("targetKlCheck", h.targetKlCheck, targetKlChecks);
  oneOf("klEstimator", h.klEstimator, klEstimators);
  if (h.valueClip === "none" && h.clipRangeVf !== null) {
    throw new InvalidArgumentError(
      "clipRangeVf",
      'expected null with valueClip "none", which clips no values; leave valueClip out to clip them as SB3 does',
    );
  }
  if (h.normalizeAdvantage) {
    checkOptions("normalizeAdvantage", h.normalizeAdvantage, normalizationNames);
    oneOf("normalizeAdvantage.over", h.normalizeAdvantage.over, ["minibatch", "rollout"]);
  }
  checkRewardClipping("clipRewards", h.clipRewards);
  if ((h.sequenceLength ?? h.numSteps) > h.batchSize && h.minibatchMode === "rllib") {
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
  within("valueLossScale", h.valueLossScale, 0, Number.MAX_VALUE);
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
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new InvalidArgumentError(
      name,
      `expected a number in ${low}..${high}, received ${showValue(value)}`,
    );
  }
}
