/**
 * The Arcade Learning Environment for Node: {@link AtariEnv} for whole environments,
 * {@link ALEInterface} for single frames. ale-py runs in a child process.
 *
 * @packageDocumentation
 */

export { pythonPath } from "../lib/python-home.js";
export { ACTION_MEANINGS, type ActionMeaning } from "./actions.js";
export { ALEInterface } from "./ale-interface.js";
export { ALEState, type StickyAction } from "./ale-state.js";
export {
  AtariEnv,
  type AtariFrame,
  type AtariInfo,
  type AtariReset,
  type AtariState,
  type AtariStep,
} from "./atari-env.js";
export type { AtariOptions, ObservationType } from "./atari-options.js";
export { AleError, type AleErrorCode, type AleErrorOptions } from "./errors.js";
export { atariIds } from "./games.js";
export type { ProcessOptions, ProcessVersions } from "./process.js";
export type { BoxSpec, DiscreteSpec } from "./spaces.js";
