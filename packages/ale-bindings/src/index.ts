/**
 * The Arcade Learning Environment for Node: {@link AtariEnv} for complete environments,
 * {@link AtariVectorEnv} for many at once, {@link ALEInterface} for single frames. ale-py runs in a child process.
 *
 * @packageDocumentation
 */

export { pythonPath } from "../lib/python-home.js";
export { ACTION_MEANINGS, type ActionMeaning } from "./actions.js";
export { type ALE, ALECommands, type Mode, type Result } from "./ale-commands.js";
export { ALEInterface } from "./ale-interface.js";
export { ALEState, type StickyAction } from "./ale-state.js";
export { AsyncALEInterface } from "./async-ale-interface.js";
export { AsyncAtariEnv } from "./async-atari-env.js";
export { AtariEnv } from "./atari-env.js";
export type { AtariOptions, ObservationType } from "./atari-options.js";
export type {
  AtariFrame,
  AtariInfo,
  AtariRepeat,
  AtariReset,
  AtariState,
  AtariStep,
  RepeatOptions,
} from "./atari-types.js";
export { AtariVectorEnv } from "./atari-vector-env.js";
export { bestTransport, type Transport } from "./connect.js";
export { AleError, type AleErrorCode, type AleErrorOptions } from "./errors.js";
export { atariIds } from "./games.js";
export type { ProcessOptions, ProcessVersions } from "./link.js";
export type { BoxSpec, DiscreteSpec } from "./spaces.js";
export type { AtariVectorOptions } from "./vector-options.js";
export type { AtariVectorInfo, AtariVectorReset, AtariVectorStep } from "./vector-types.js";
