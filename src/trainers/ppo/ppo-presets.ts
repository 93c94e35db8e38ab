/** Published settings of PPO. Spread one into the options and override what you like. */

import {
  CfCActorCritic,
  ConvCfCActorCritic,
  MlpActorCritic,
  NatureActorCritic,
  NatureCfCActorCritic,
} from "../../models/index.js";
import { EpisodicLife, FireReset, wrapAtari, wrapDeepmind, wrapLabml } from "../../wrappers/index.js";
import type { PPOOptions } from "./ppo-options.js";

/** Options of {@link PPOTrainer} without the environment. */
export type PPOPreset = Readonly<Omit<PPOOptions, "env">>;

/**
 * RLlib 2.x's PPO for Atari as the ncps guide runs it: 16 workers × 4 environments, fragments of 63
 * steps (RLlib shortens the guide's 100 to fit its default batch of 4000), the Conv-CfC network
 * with 64 units, sequences of at most 20 steps, KL penalty, reward signs, squared value error
 * clipped at 10. Rollouts of 4032 steps, 8 minibatches, 10 epochs.
 *
 * Minibatches hold every step once; `minibatchMode: "rllib"` repeats RLlib's slicing, which trains
 * 121 steps twice and leaves 153 out. The loss is RLlib's: its squared value error has no factor.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...rllibAtariPPO, env: "ALE/Breakout-v5", seed: 0 });
 * ```
 */
export const rllibAtariPPO: PPOPreset = {
  numEnvs: 64,
  numSteps: 63,
  batchSize: 500,
  nEpochs: 10,
  learningRate: 5e-5,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.1,
  valueClip: "squared-error",
  clipRangeVf: 10,
  valueLossScale: 1,
  vfCoef: 1,
  entCoef: 0.01,
  maxGradNorm: null,
  klPenalty: { initial: 0.5, target: 0.01 },
  normalizeAdvantage: { over: "rollout", ddof: 0, floor: 1e-4 },
  clipRewards: "sign",
  bootstrapTruncated: false,
  sequenceLength: 20,
  cutAtEpisodes: true,
  adam: { epsilon: 1e-7, epsilonMode: "keras" },
  wrapper: (env) => wrapDeepmind(env),
  model: ({ observationSpace, actionSpace, seed }) =>
    new ConvCfCActorCritic({ observationSpace, actionSpace, seed, units: 64, flavour: "tf" }),
};

/**
 * labml's PPO for Breakout (10 000 updates of 8 × 128 steps; `totalTimesteps: 10_240_000`): the
 * Nature network with torch's initialisation, learning rate and clip range both falling to zero,
 * value changes clipped by the same range, raw rewards, a game for every life ({@link wrapLabml}). The loss is
 * labml's: half the larger squared value error, so `vfCoef: 0.5` weights it by a quarter; the approximate KL
 * `mean(½ l²)` is only logged.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...labmlBreakoutPPO, env: "BreakoutNoFrameskip-v4", seed: 47 });
 * ```
 */
export const labmlBreakoutPPO: PPOPreset = {
  numEnvs: 8,
  numSteps: 128,
  batchSize: 256,
  nEpochs: 4,
  learningRate: "lin_2.5e-4",
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: "lin_0.1",
  valueClip: "value-change",
  clipRangeVf: "lin_0.1",
  valueLossScale: 0.5,
  vfCoef: 0.5,
  entCoef: 0.01,
  maxGradNorm: 0.5,
  klEstimator: "k2",
  normalizeAdvantage: { over: "minibatch", ddof: 1, epsilon: 1e-8 },
  clipRewards: false,
  bootstrapTruncated: false,
  adam: { epsilon: 1e-8, epsilonMode: "torch" },
  wrapper: (env) => wrapLabml(env),
  model: ({ observationSpace, actionSpace, seed }) =>
    new NatureActorCritic({ observationSpace, actionSpace, seed, initializer: "torchUniform" }),
};

/**
 * CleanRL's `ppo_atari.py`, with the details that reach 400 in Breakout after 10 million steps:
 * orthogonal initialisation (heads 0.01 and 1), ε 1e-5, falling learning rate, constant clip range,
 * reward signs, the wrappers in CleanRL's order ({@link wrapAtari}). The loss is CleanRL's: half the larger squared
 * value error; a `targetKl`, which is off by default there, ends an update after an epoch.
 *
 * @example
 * ```ts
 * // A game that shows every frame: wrapAtari skips.
 * const trainer = new PPOTrainer({ ...cleanrlAtariPPO, env: "BreakoutNoFrameskip-v4", seed: 1 });
 * ```
 */
export const cleanrlAtariPPO: PPOPreset = {
  ...labmlBreakoutPPO,
  clipRange: 0.1,
  clipRangeVf: 0.1,
  klEstimator: "k3",
  targetKlCheck: "last-minibatch",
  adam: { epsilon: 1e-5, epsilonMode: "torch" },
  wrapper: (env) => wrapAtari(env),
  model: ({ observationSpace, actionSpace, seed }) =>
    new NatureActorCritic({ observationSpace, actionSpace, seed, initializer: "orthogonal" }),
};

/**
 * CartPole-v1 in 100 000 steps, the settings of SB3's zoo with SB3's meanings: an MLP 64-64 each for policy and
 * value, learning rate and clip range falling to zero.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...cartPolePPO, env: "CartPole-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 100_000 });
 * ```
 */
export const cartPolePPO: PPOPreset = {
  numEnvs: 8,
  numSteps: 32,
  batchSize: 256,
  nEpochs: 20,
  learningRate: "lin_1e-3",
  gamma: 0.98,
  gaeLambda: 0.8,
  clipRange: "lin_0.2",
  vfCoef: 0.5,
  entCoef: 0,
  maxGradNorm: 0.5,
  normalizeAdvantage: { over: "minibatch", ddof: 1, epsilon: 1e-8 },
  model: ({ observationSpace, actionSpace, seed }) =>
    new MlpActorCritic({ observationSpace, actionSpace, seed, hiddenUnits: [64, 64] }),
};

/**
 * CartPoleNoVel-v1 (velocities hidden) in 100 000 steps with a CfC network, which has to remember. Options have
 * the meaning they have in SB3.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...cartPoleNoVelPPO, env: "CartPoleNoVel-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 100_000 });
 * ```
 */
export const cartPoleNoVelPPO: PPOPreset = {
  ...cartPolePPO,
  numEnvs: 8,
  numSteps: 128,
  batchSize: 256,
  nEpochs: 10,
  gamma: 0.99,
  gaeLambda: 0.95,
  vfCoef: 0.25,
  normalizeReward: true,
  sequenceLength: 16,
  model: ({ observationSpace, actionSpace, seed }) =>
    new CfCActorCritic({ observationSpace, actionSpace, seed, units: 32, backboneUnits: 64 }),
};

/**
 * Atari frames on a CPU: wrappers, frames, rewards and CfC of {@link rllibAtariPPO} after the small
 * convolutions of Mnih et al. 2013, which need a sixtieth of the arithmetic and preserve positions;
 * fewer environments, fewer epochs and a larger learning rate. Options have the meaning they have in SB3.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...smallAtariPPO, env: "ALE/Breakout-v5", seed: 0 });
 * ```
 */
export const smallAtariPPO: PPOPreset = {
  numEnvs: 16,
  numSteps: 64,
  batchSize: 256,
  nEpochs: 3,
  learningRate: 1e-3,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  vfCoef: 0.25,
  entCoef: 0.01,
  maxGradNorm: 0.5,
  normalizeAdvantage: { over: "minibatch", ddof: 0, epsilon: 1e-8 },
  clipRewards: "sign",
  sequenceLength: 16,
  wrapper: (env) => wrapDeepmind(env),
  model: ({ observationSpace, actionSpace, seed }) =>
    new NatureCfCActorCritic({
      observationSpace,
      actionSpace,
      seed,
      units: 64,
      features: 256,
      convolutions: [
        { filters: 16, size: 8, strides: 4 },
        { filters: 32, size: 4, strides: 2 },
      ],
    }),
};

/**
 * `Arcade/Breakout-v0` in under two minutes on two CPU cores: positions of ball and paddle and the
 * bricks as numbers instead of frames, because convolutions on frames would need ten thousand times
 * the arithmetic; and a small CfC, because velocities are hidden and must be remembered. A lost life
 * ends an episode, and the ball is served at once, as with `wrapDeepmind`. Options have the meaning they have in SB3.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...arcadeBreakoutPPO, env: "Arcade/Breakout-v0", seed: 0 });
 * await trainer.learn({ hours: 0.03 });
 * ```
 */
export const arcadeBreakoutPPO: PPOPreset = {
  numEnvs: 16,
  numSteps: 128,
  batchSize: 512,
  nEpochs: 4,
  learningRate: 1e-3,
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  vfCoef: 0.25,
  entCoef: 0.01,
  normalizeAdvantage: { over: "minibatch", ddof: 0, epsilon: 1e-8 },
  clipRewards: "sign",
  sequenceLength: 16,
  envOptions: { observation: "features" },
  wrapper: (env) => new FireReset(new EpisodicLife(env)),
  model: ({ observationSpace, actionSpace, seed }) =>
    new CfCActorCritic({ observationSpace, actionSpace, seed, units: 32, backboneUnits: 64 }),
};

/**
 * CleanRL's `ppo_continuous_action.py`, with all nine details for continuous actions: two MLPs 64-64, a normal
 * policy with one log standard deviation (initially 0) per action component, observations and rewards normalised
 * and clipped to ±10, actions clipped only for the environment. One environment, 2048 steps, 32 minibatches.
 * The loss is CleanRL's: half the larger squared value error; a time limit counts as termination.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...cleanrlContinuousPPO, env: "Pendulum-v1", seed: 1 });
 * ```
 */
export const cleanrlContinuousPPO: PPOPreset = {
  numEnvs: 1,
  numSteps: 2048,
  batchSize: 64,
  nEpochs: 10,
  learningRate: "lin_3e-4",
  gamma: 0.99,
  gaeLambda: 0.95,
  clipRange: 0.2,
  valueClip: "value-change",
  clipRangeVf: 0.2,
  valueLossScale: 0.5,
  vfCoef: 0.5,
  entCoef: 0,
  maxGradNorm: 0.5,
  targetKlCheck: "last-minibatch",
  normalizeAdvantage: { over: "minibatch", ddof: 1, epsilon: 1e-8 },
  bootstrapTruncated: false,
  normalizeObservation: true,
  normalizeReward: true,
  adam: { epsilon: 1e-5, epsilonMode: "torch" },
  model: ({ observationSpace, actionSpace, seed }) =>
    new MlpActorCritic({ observationSpace, actionSpace, seed, hiddenUnits: [64, 64], logStd: 0 }),
};

/**
 * Pendulum-v1 in 200 000 steps: {@link cleanrlContinuousPPO} with a shorter horizon, more environments, and a
 * larger learning rate that falls to zero; time limits are bootstrapped and values not clipped. Observations stay
 * raw, as in SB3's zoo: they are bounded.
 *
 * @example
 * ```ts
 * const trainer = new PPOTrainer({ ...pendulumPPO, env: "Pendulum-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 200_000 });
 * ```
 */
export const pendulumPPO: PPOPreset = {
  ...cleanrlContinuousPPO,
  numEnvs: 32,
  numSteps: 64,
  batchSize: 256,
  nEpochs: 10,
  learningRate: "lin_2e-3",
  gamma: 0.95,
  gaeLambda: 0.9,
  valueClip: "none",
  clipRangeVf: null,
  bootstrapTruncated: true,
  normalizeObservation: false,
};
