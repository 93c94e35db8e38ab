/**
 * Callbacks of trainers.
 *
 * @module
 */

export { CheckpointCallback, type CheckpointCallbackOptions } from "./checkpoint-callback.js";
export { EvalCallback, type EvalCallbackOptions, type EvaluationListener } from "./eval-callback.js";
export { EveryNTimesteps, type EveryNTimestepsOptions } from "./every-n-timesteps.js";
export {
  StopTrainingOnMaxEpisodes,
  StopTrainingOnNoModelImprovement,
  StopTrainingOnRewardThreshold,
} from "./stop-training.js";
