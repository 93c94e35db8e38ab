/** Trainers, presets, evaluation. */

export type {
  CallbackLike,
  HookResult,
  PlayedStep,
  StepProgress,
  TrainerCallback,
  TrainerProgress,
} from "./callback.js";
export * from "./callbacks/index.js";
export { classifierPolicy } from "./classifier-policy.js";
export {
  balancedClassWeights,
  type SequenceCrossEntropyOptions,
  sequenceCrossEntropy,
} from "./cloning-loss.js";
export type { CloningHyperparameters, CloningOptions, EpochReport } from "./cloning-options.js";
export { type CloningEvaluation, type CloningLearnOptions, CloningTrainer } from "./cloning-trainer.js";
export { type ClosedLoopOptions, type ClosedLoopRun, runClosedLoop } from "./closed-loop.js";
export { ClosedLoopCallback, type ClosedLoopCallbackOptions } from "./closed-loop-callback.js";
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
export { type FitDataset, fitDataset } from "./fit-dataset.js";
export { type Host, installHost } from "./host.js";
export { LearnerFailedError, type LearnerFailure } from "./learners/learner-failed-error.js";
export type { LearnerModel } from "./learners/learner-model.js";
export type { ModelParameters } from "./model-parameters.js";
export {
  type ActorCriticFactory,
  type AdvantageNormalization,
  type KLPenalty,
  type PPOHyperparameters,
  type PPOOptions,
  ppoDefaults,
  type TargetKlCheck,
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
export type { RewardClipping } from "./reward-clipping.js";
export type { Trainer } from "./trainer.js";
export type { LearnOptions } from "./training-run.js";
export { cartPoleNoVelLTCPPO, cartPoleNoVelWiredPPO } from "./wired-presets.js";
