/**
 * Errors, random numbers, schedules, running statistics, states.
 *
 * @module ncps-ts/core
 */

export type { Stateful, StateRecord, StateTree, TypedArray } from "tfjs-training/core";
export { EpisodeWindow, type EpisodeWindowOptions } from "./episode-window.js";
export {
  BackendError,
  CheckpointError,
  DatasetError,
  EnvContractError,
  InvalidArgumentError,
  InvalidStateError,
  LoggingError,
  MissingDependencyError,
  NcpsError,
  type NcpsErrorOptions,
  NonFiniteError,
  NotRegisteredError,
  ShapeError,
} from "./errors.js";
export type { InitializeOptions, InitializerKind } from "./initializers.js";
export { PlatformService } from "./platform.js";
export { Random } from "./random.js";
export type { RewardClipping } from "./reward-clipping.js";
export { RunningMeanStd, type RunningMeanStdOptions } from "./running-mean-std.js";
export {
  type ConstantScheduleJSON,
  constantSchedule,
  type LinearScheduleJSON,
  type LinearScheduleOptions,
  linearSchedule,
  type PiecewiseScheduleJSON,
  piecewiseSchedule,
  type Schedule,
  type ScheduleJSON,
  type ScheduleSpec,
  toSchedule,
} from "./schedules.js";
export type { DType } from "./state.js";
