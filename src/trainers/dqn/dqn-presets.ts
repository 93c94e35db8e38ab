/** DQN presets. Spread one into the options and override what you like. */

import { DuelingQNetwork, MlpQNetwork } from "../../models/index.js";
import { EpisodicLife, FrameStack, WarpFrame, wrapDeepmind } from "../../wrappers/index.js";
import type { DQNOptions } from "./dqn-options.js";
import { epsilonSchedule } from "./epsilon-schedule.js";

/** Options of {@link DQNTrainer} without the environment. */
export type DQNPreset = Readonly<Omit<DQNOptions, "env">>;

/**
 * CartPole-v1 in 50 000 steps: a dueling MLP 256-256, three-step returns, two batches of 128 every four steps, a hard
 * update of the target network every 400, learning rate falling to zero. Narrower networks end below 475 more often.
 *
 * @example
 * ```ts
 * const trainer = new DQNTrainer({ ...cartPoleDQN, env: "CartPole-v1", seed: 0 });
 * await trainer.learn({ totalTimesteps: 50_000 });
 * ```
 */
export const cartPoleDQN: DQNPreset = {
  capacity: 100_000,
  learningStarts: 1000,
  trainFreq: 4,
  gradientSteps: 2,
  targetUpdateInterval: 400,
  batchSize: 128,
  gamma: 0.99,
  learningRate: "lin_1e-3",
  explorationFraction: 0.2,
  explorationFinalEps: 0.04,
  nStep: 3,
  double: true,
  dueling: true,
  model: ({ observationSpace, actionSpace, dueling, seed }) =>
    new MlpQNetwork({ observationSpace, actionSpace, dueling, seed, hiddenUnits: [256, 256] }),
};

/**
 * "Atari Space Invaders and Dueling Q RL in TensorFlow 2" (Adventures in Machine Learning): gray frames of half size,
 * three in a stack, a memory of 200,000 frames (1.7 GB), the constants of its script. A batch and a soft update
 * of the target network after every step from 50,000 on, ε from 1 to 0.1 over the next 500,000 steps, raw rewards,
 * the Keras loss that is the mean over all actions, Keras' Adam. Episodes end with the game only.
 *
 * Where the published code errs, this does not: see the guide "Space Invaders".
 *
 * @example
 * ```ts
 * await registerAtari();
 * const trainer = new DQNTrainer({ ...adventuresDuelingDQN, env: "SpaceInvaders-v0", seed: 0 });
 * ```
 */
export const adventuresDuelingDQN: DQNPreset = {
  numEnvs: 1,
  capacity: 200_000,
  learningStarts: 50_000,
  trainFreq: 1,
  gradientSteps: 1,
  targetUpdateInterval: 1,
  tau: 0.08,
  batchSize: 32,
  gamma: 0.99,
  learningRate: 1e-3,
  exploration: epsilonSchedule({ initial: 1, final: 0.1, delay: 50_000, steps: 500_000 }),
  maxGradNorm: null,
  double: true,
  dueling: true,
  huberDelta: 1,
  lossMean: "all",
  clipRewards: false,
  adam: { epsilon: 1e-7, epsilonMode: "keras" },
  numStack: 3,
  wrapper: (env) => new FrameStack(new WarpFrame(env, { height: 105, width: 80 }), { numStack: 3 }),
  model: ({ observationSpace, actionSpace, dueling, seed }) =>
    new DuelingQNetwork({ observationSpace, actionSpace, dueling, seed, hiddenUnits: [256] }),
};

/**
 * Atari frames on a CPU: single frames, which `wrapDeepmind` skips and joins, the small convolutions of Mnih et al.
 * 2013, three-step returns, prioritized replay, reward signs, eight environments, two batches of 32 every eight
 * environment steps.
 *
 * @example
 * ```ts
 * const trainer = new DQNTrainer({ ...smallAtariDQN, env: "ALE/SpaceInvaders-v5", seed: 0 });
 * ```
 */
export const smallAtariDQN: DQNPreset = {
  numEnvs: 8,
  capacity: 200_000,
  learningStarts: 10_000,
  trainFreq: 1,
  gradientSteps: 2,
  targetUpdateInterval: 4000,
  batchSize: 32,
  gamma: 0.99,
  learningRate: 2.5e-4,
  exploration: epsilonSchedule({ initial: 1, final: 0.02, delay: 10_000, steps: 100_000 }),
  maxGradNorm: 10,
  nStep: 3,
  prioritized: { alpha: 0.5, betaSteps: 1_000_000 },
  clipRewards: "sign",
  adam: { epsilon: 1.5e-4 },
  numStack: 4,
  envOptions: { frameskip: 1 },
  wrapper: (env) => wrapDeepmind(env, { noFrameskip: true }),
  model: ({ observationSpace, actionSpace, dueling, seed }) =>
    new DuelingQNetwork({ observationSpace, actionSpace, dueling, seed, hiddenUnits: [256] }),
};

/**
 * `Arcade/SpaceInvaders-v0` in minutes on two CPU cores: 76 numbers instead of frames, an MLP 128-128, a lost life
 * ends an episode.
 *
 * @example
 * ```ts
 * const trainer = new DQNTrainer({ ...arcadeSpaceInvadersDQN, env: "Arcade/SpaceInvaders-v0", seed: 0 });
 * await trainer.learn({ hours: 0.05 });
 * ```
 */
export const arcadeSpaceInvadersDQN: DQNPreset = {
  numEnvs: 8,
  capacity: 200_000,
  learningStarts: 5000,
  trainFreq: 2,
  gradientSteps: 2,
  targetUpdateInterval: 2000,
  batchSize: 64,
  gamma: 0.99,
  learningRate: 5e-4,
  exploration: epsilonSchedule({ initial: 1, final: 0.02, delay: 5000, steps: 100_000 }),
  maxGradNorm: 10,
  nStep: 3,
  prioritized: { alpha: 0.6, betaSteps: 500_000 },
  clipRewards: "sign",
  adam: { epsilon: 1e-5 },
  envOptions: { observation: "features" },
  wrapper: (env) => new EpisodicLife(env),
  model: ({ observationSpace, actionSpace, dueling, seed }) =>
    new MlpQNetwork({ observationSpace, actionSpace, dueling, seed, hiddenUnits: [128, 128] }),
};
