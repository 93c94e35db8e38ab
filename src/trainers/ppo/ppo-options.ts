/** Options of the PPO trainer: every detail of the published implementations, with checks. */

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

const normalizationNames = optionNames<AdvantageNormalization>({
  over: true,
  ddof: true,
  epsilon: true,
  floor: true,
});

/** Penalty on the divergence from the acting policy. */
export interface KLPenalty {
  /** First coefficient (RLlib's `kl_coeff`). */
  initial: number;
  /** Wanted divergence (RLlib's `kl_target`), default 0.01. */
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
 * Hyper-parameters of PPO. What has a name of Stable-Baselines3 (SB3) means what it means there: one update equals
 * `PPO.train()` of equal numbers. What other libraries do differently has options of its own. RLlib's names stand
 * beside.
 */
export interface PPOHyperparameters {
  /** Environments, when `env` is an id; default 8. RLlib: `num_workers * num_envs_per_worker`. */
  numEnvs: number;
  /** Steps of each environment between updates, default 128. RLlib: `rollout_fragment_length`. */
  numSteps: number;
  /** Steps in a minibatch, default 256. RLlib: `sgd_minibatch_size`. */
  batchSize: number;
  /** Passes over each rollout, default 4. RLlib: `num_sgd_iter`. */
  nEpochs: number;
  /** Learning rate, a number or a schedule over the training's progress 0..1; default 2.5e-4. */
  learningRate: ScheduleSpec;
  /** Discount γ, default 0.99. */
  gamma: number;
  /** Trace decay λ of GAE, default 0.95. RLlib: `lambda`. */
  gaeLambda: number;
  /** Clip range ε of the ratio, a number or a schedule; default 0.2. RLlib: `clip_param`. */
  clipRange: ScheduleSpec;
  /**
   * What the value loss clips. Default `null`, as in SB3: `"clipped-value"` where `clipRangeVf` is given, and
   * `"none"` where not. `"value-change"` is the larger of both losses (baselines, labml, CleanRL).
   */
  valueClip: ValueClipKind | null;
  /**
   * Range of the value clip, a number or a schedule. Default `null`: SB3's, which clips no values. A `valueClip` that
   * is given without a range takes the policy's clip range, or 10 for `"squared-error"` (RLlib's `vf_clip_param`).
   */
  clipRangeVf: ScheduleSpec | null;
  /**
   * Factor of the mean squared error inside the value loss, default 1 (SB3, RLlib). Baselines, labml and CleanRL
   * have ½ there: with it, `vfCoef: 0.5` weighs the squared error by a quarter.
   */
  valueLossScale: number;
  /** Weight of the value loss, default 0.5: of the mean squared error, as in SB3. RLlib: `vf_loss_coeff`. */
  vfCoef: number;
  /** Weight of the entropy bonus, a number or a schedule; default 0.01. RLlib: `entropy_coeff`. */
  entCoef: ScheduleSpec;
  /** Largest global norm of the gradient, `null` for no clipping; default 0.5. RLlib: `grad_clip`. */
  maxGradNorm: number | null;
  /** Ends an update early when the policy has moved further than this, as `targetKlCheck` says; default `null`. */
  targetKl: number | null;
  /** When `targetKl` ends an update, default `"minibatch"`, as in SB3. */
  targetKlCheck: TargetKlCheck;
  /** Estimator of the approximate KL that `targetKl` looks at and the log shows, default `"k3"`, as in SB3. */
  klEstimator: KLEstimator;
  /** KL penalty with adaptive coefficient, default none. */
  klPenalty: KLPenalty | null;
  /**
   * Standardisation of advantages; default SB3's: over minibatches, by the deviation of a sample (`ddof: 1`), with
   * ε 1e-8. `null` for none. A minibatch of a single step is left as it is.
   */
  normalizeAdvantage: AdvantageNormalization | null;
  /** Clipping of rewards for learning, default none. RLlib: `clip_rewards`. */
  clipRewards: RewardClipping | false;
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
  /** Longest sequence of a recurrent network, default `numSteps`. RLlib: `max_seq_len`. */
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
export interface PPOOptions extends Partial<Omit<PPOHyperparameters, "normalizeAdvantage">> {
  /** Standardisation of advantages; `true` (SB3's, the default), `false` or `null` for none, or how. */
  normalizeAdvantage?: AdvantageNormalization | boolean | null;
  /**
   * The environments, or the id of one that is made `numEnvs` times. Environments of your own go into a
   * `SyncVectorEnv`, which reports their episodes.
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

/** What the value loss clips: as `valueClip` says, or else as SB3 does. */
export function valueClipOf({
  valueClip,
  clipRangeVf,
}: Pick<PPOHyperparameters, "valueClip" | "clipRangeVf">): ValueClipKind {
  return valueClip ?? (clipRangeVf === null ? "none" : "clipped-value");
}

/**
 * Fills in defaults and checks every value.
 *
 * @throws InvalidArgumentError naming the option, what was expected and what came
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
