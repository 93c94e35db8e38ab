/**
 * Reinforcement-learning building blocks in TypeScript on TensorFlow.js: the names that most programs start with. The
 * complete contents of each folder have a separate entry, e.g. `ncps-ts/layers` and `ncps-ts/trainers`.
 *
 * @module ncps-ts
 */

export { Adam, RMSProp, SGD } from "tfjs-training";
export { CfCCell } from "./cells/cfc-cell.js";
export { LTCCell } from "./cells/ltc-cell.js";
export {
  BackendError,
  CheckpointError,
  EnvContractError,
  InvalidArgumentError,
  InvalidStateError,
  MissingDependencyError,
  NcpsError,
  NonFiniteError,
  NotRegisteredError,
  ShapeError,
} from "./core/errors.js";
export { Random } from "./core/random.js";
export { AtariCloningDataset } from "./datasets/atari-cloning.js";
export { BreakoutEnv } from "./envs/arcade/breakout.js";
export { SpaceInvadersEnv } from "./envs/arcade/space-invaders.js";
export { checkEnv } from "./envs/check-env.js";
export { CartPoleEnv } from "./envs/classic/cart-pole.js";
export { PendulumEnv } from "./envs/classic/pendulum.js";
export type { Action, Env, ResetOptions, ResetResult, StepResult } from "./envs/env.js";
export { make, register } from "./envs/registry.js";
export { CfC } from "./layers/cfc.js";
export { ConvBlock } from "./layers/conv-block.js";
export { DuelingHead } from "./layers/dueling-head.js";
export { LTC } from "./layers/ltc.js";
export { ClippedPPOLoss } from "./losses/clipped-ppo-loss.js";
export { ClippedValueLoss } from "./losses/clipped-value-loss.js";
export { DQNLoss } from "./losses/dqn-loss.js";
export { GAE } from "./losses/gae.js";
export { PrioritizedReplayMemory } from "./memory/prioritized-replay-memory.js";
export { ReplayMemory } from "./memory/replay-memory.js";
export { RolloutBuffer } from "./memory/rollout-buffer.js";
export { CfCActorCritic } from "./models/cfc-actor-critic.js";
export { ConvCfC } from "./models/conv-cfc.js";
export { ConvCfCActorCritic } from "./models/conv-cfc-actor-critic.js";
export { DuelingQNetwork } from "./models/dueling-q-network.js";
export { LTCActorCritic } from "./models/ltc-actor-critic.js";
export { MlpActorCritic } from "./models/mlp-actor-critic.js";
export { MlpQNetwork } from "./models/mlp-q-network.js";
export { NatureActorCritic } from "./models/nature-actor-critic.js";
export { NatureCfCActorCritic } from "./models/nature-cfc-actor-critic.js";
export { NatureLTCActorCritic } from "./models/nature-ltc-actor-critic.js";
export { useBackend } from "./recurrent/use-backend.js";
export { Box } from "./spaces/box.js";
export { Discrete } from "./spaces/discrete.js";
export { MultiDiscrete } from "./spaces/multi-discrete.js";
export type { TrainerCallback } from "./trainers/callbacks/callback.js";
export { CheckpointCallback } from "./trainers/callbacks/checkpoint-callback.js";
export { EvalCallback } from "./trainers/callbacks/eval-callback.js";
export { CloningTrainer } from "./trainers/cloning/cloning-trainer.js";
export { evaluatePolicy } from "./trainers/common/evaluate-policy.js";
export {
  adventuresDuelingDQN,
  arcadeSpaceInvadersDQN,
  cartPoleDQN,
  smallAtariDQN,
} from "./trainers/dqn/dqn-presets.js";
export { DQNTrainer } from "./trainers/dqn/dqn-trainer.js";
export {
  arcadeBreakoutPPO,
  cartPoleNoVelPPO,
  cartPolePPO,
  cleanrlAtariPPO,
  cleanrlContinuousPPO,
  labmlBreakoutPPO,
  pendulumPPO,
  rllibAtariPPO,
  smallAtariPPO,
} from "./trainers/ppo/ppo-presets.js";
export { PPOTrainer } from "./trainers/ppo/ppo-trainer.js";
export { cartPoleNoVelLTCPPO, cartPoleNoVelWiredPPO } from "./trainers/ppo/wired-presets.js";
export { makeVecEnv } from "./vector/make-vec-env.js";
export { SyncVectorEnv } from "./vector/sync-vector-env.js";
export { AutoNCP } from "./wirings/auto-ncp.js";
export { FullyConnected } from "./wirings/fully-connected.js";
export { NCP } from "./wirings/ncp.js";
export { RandomWiring } from "./wirings/random-wiring.js";
export type { Wiring } from "./wirings/wiring.js";
export { TimeLimit } from "./wrappers/time-limit.js";
export { wrapAtari, wrapDeepmind } from "./wrappers/wrap-deepmind.js";
export { Wrapper } from "./wrappers/wrapper.js";
