/** Trainers, presets, evaluation. */

export type { HookResult, TrainerCallback, TrainerProgress } from "./callback.js";
export * from "./callbacks/index.js";
export {
  type DQNHyperparameters,
  type DQNOptions,
  dqnDefaults,
  type PrioritizedOptions,
  type QNetworkFactory,
} from "./dqn-options.js";
export {
  adventuresDuelingDQN,
  arcadeSpaceInvadersDQN,
  cartPoleDQN,
  type DQNPreset,
  smallAtariDQN,
} from "./dqn-presets.js";
export { DQNTrainer } from "./dqn-trainer.js";
export type { DQNUpdateStatistics } from "./dqn-update.js";
export { type EpsilonScheduleOptions, epsilonSchedule } from "./epsilon-schedule.js";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluatePolicy,
  type Policy,
  type Prediction,
  type PredictOptions,
} from "./evaluate-policy.js";
export { type Host, installHost } from "./host.js";
export {
  type ActorCriticFactory,
  type AdvantageNormalization,
  type KLPenalty,
  type PPOHyperparameters,
  type PPOOptions,
  ppoDefaults,
  type RewardClipping,
} from "./ppo-options.js";
export {
  arcadeBreakoutPPO,
  cartPoleNoVelPPO,
  cartPolePPO,
  cleanrlAtariPPO,
  cleanrlContinuousPPO,
  labmlBreakoutPPO,
  type PPOPreset,
  pendulumPPO,
  rllibAtariPPO,
  smallAtariPPO,
} from "./ppo-presets.js";
export { PPOTrainer } from "./ppo-trainer.js";
export type { Trainer } from "./trainer.js";
export type { LearnOptions } from "./training-run.js";
