/**
 * Single and vector environments: the interface, the registry, the games that come with the library.
 *
 * @module ncps-ts/envs
 */

export type { AsyncVectorEnv, VectorBatch } from "../vector/async-vector-env.js";
export { EnvFailedError, type EnvFailure } from "../vector/env-failed-error.js";
export type { EnvModule, EnvModuleFactory, EnvModuleWrapper } from "../vector/env-recipe.js";
export type { EnvRestart } from "../vector/env-slot.js";
export {
  type MakeOwnVecEnvOptions,
  type MakeVecEnvOptions,
  type MakeWorkerVecEnvOptions,
  makeVecEnv,
} from "../vector/make-vec-env.js";
export { SyncVectorEnv, type SyncVectorEnvOptions } from "../vector/sync-vector-env.js";
export type { VectorEnv, VectorReset, VectorStep } from "../vector/vector-env.js";
export {
  type WorkerVectorEnvMaker,
  type WorkerVectorEnvOptions,
  workerVectorEnvs,
} from "../vector/worker-options.js";
export { ArcadeEnv } from "./arcade/arcade-env.js";
export type { ArcadeGame } from "./arcade/arcade-game.js";
export type { ArcadeObservation, ArcadeOptions } from "./arcade/arcade-options.js";
export { BreakoutEnv, type BreakoutOptions } from "./arcade/breakout.js";
export { BreakoutFeature } from "./arcade/breakout-features.js";
export { BreakoutGame } from "./arcade/breakout-game.js";
export { BreakoutPlayer } from "./arcade/breakout-player.js";
export { BreakoutWall } from "./arcade/breakout-wall.js";
export { SpaceInvadersEnv, type SpaceInvadersOptions } from "./arcade/space-invaders.js";
export { SpaceInvadersFeature } from "./arcade/space-invaders-features.js";
export { InvaderFormation } from "./arcade/space-invaders-formation.js";
export { SpaceInvadersGame, SpaceInvadersPhase } from "./arcade/space-invaders-game.js";
export { SpaceInvadersPlayer } from "./arcade/space-invaders-player.js";
export { InvaderShields } from "./arcade/space-invaders-shields.js";
export { SteadyBreakoutPlayer, type SteadyBreakoutPlayerOptions } from "./arcade/steady-breakout-player.js";
export { type RegisterBuiltinOptions, registerBuiltinEnvs } from "./builtin.js";
export { type CheckEnvOptions, checkEnv } from "./check-env.js";
export { CartPoleEnv, type CartPoleOptions } from "./classic/cart-pole.js";
export { CartPoleNoVelEnv } from "./classic/cart-pole-no-vel.js";
export { PendulumEnv, type PendulumOptions } from "./classic/pendulum.js";
export { PendulumNoVelEnv } from "./classic/pendulum-no-vel.js";
export type {
  Action,
  Env,
  EpisodeStatistics,
  Frame,
  Info,
  RepeatOptions,
  RepeatResult,
  ResetOptions,
  ResetResult,
  StepResult,
} from "./env.js";
export {
  type EnvFactory,
  type EnvOptions,
  type EnvSpec,
  envSpec,
  make,
  register,
  registeredIds,
  type VectorEnvFactory,
  type VectorEnvFactoryOptions,
} from "./registry.js";
