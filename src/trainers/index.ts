/**
 * Trainers, presets, evaluation.
 *
 * @module ncps-ts/trainers
 */

export type {
  CallbackLike,
  HookResult,
  PlayedStep,
  StepProgress,
  TrainerCallback,
  TrainerProgress,
} from "./callbacks/callback.js";
export { CheckpointCallback, type CheckpointCallbackOptions } from "./callbacks/checkpoint-callback.js";
export { ClosedLoopCallback, type ClosedLoopCallbackOptions } from "./callbacks/closed-loop-callback.js";
export {
  EvalCallback,
  type EvalCallbackOptions,
  type EvaluationListener,
} from "./callbacks/eval-callback.js";
export { EveryNTimesteps, type EveryNTimestepsOptions } from "./callbacks/every-n-timesteps.js";
export {
  StopTrainingOnMaxEpisodes,
  StopTrainingOnNoModelImprovement,
  StopTrainingOnRewardThreshold,
} from "./callbacks/stop-training.js";
export { classifierPolicy } from "./cloning/classifier-policy.js";
export {
  balancedClassWeights,
  type SequenceCrossEntropyOptions,
  sequenceCrossEntropy,
} from "./cloning/cloning-loss.js";
export type { CloningHyperparameters, CloningOptions, EpochReport } from "./cloning/cloning-options.js";
export {
  type CloningEvaluation,
  type CloningLearnOptions,
  CloningTrainer,
} from "./cloning/cloning-trainer.js";
export { type ClosedLoopOptions, type ClosedLoopRun, runClosedLoop } from "./cloning/closed-loop.js";
export { type FitDataset, fitDataset } from "./cloning/fit-dataset.js";
export { BaseTrainer, type TrainedModel } from "./common/base-trainer.js";
export { type CheckpointPaths, checkpointPaths } from "./common/checkpoint-paths.js";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluatePolicy,
  type Policy,
  type Prediction,
  type PredictOptions,
} from "./common/evaluate-policy.js";
export type { ModelParameters } from "./common/model-parameters.js";
export type { Trainer } from "./common/trainer.js";
export { type LearnOptions, progressBars } from "./common/training-run.js";
export {
  type DQNHyperparameters,
  type DQNOptions,
  dqnDefaults,
  type PrioritizedOptions,
  type QNetworkFactory,
} from "./dqn/dqn-options.js";
export {
  adventuresDuelingDQN,
  arcadeSpaceInvadersDQN,
  cartPoleDQN,
  type DQNPreset,
  smallAtariDQN,
} from "./dqn/dqn-presets.js";
export { DQNTrainer } from "./dqn/dqn-trainer.js";
export type { DQNUpdateStatistics } from "./dqn/dqn-update.js";
export { type EpsilonScheduleOptions, epsilonSchedule } from "./dqn/epsilon-schedule.js";
export { LearnerFailedError, type LearnerFailure } from "./ppo/learners/learner-failed-error.js";
export type { LearnerModel } from "./ppo/learners/learner-model.js";
export {
  type ActorCriticFactory,
  type AdvantageNormalization,
  type KLPenalty,
  type PPOHyperparameters,
  type PPOOptions,
  ppoDefaults,
  type TargetKlCheck,
} from "./ppo/ppo-options.js";
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
} from "./ppo/ppo-presets.js";
export { PPOTrainer } from "./ppo/ppo-trainer.js";
export { cartPoleNoVelLTCPPO, cartPoleNoVelWiredPPO } from "./ppo/wired-presets.js";
