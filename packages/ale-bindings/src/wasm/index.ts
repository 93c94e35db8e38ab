/**
 * The Arcade Learning Environment in this thread, without Python and without Node: {@link WasmAtariEnv} and
 * {@link WasmALEInterface} over Farama's WebAssembly module and ROMs that you supply.
 *
 * @packageDocumentation
 */

export { ACTION_MEANINGS, type ActionMeaning } from "../actions.js";
export type { ALE, Mode, Result } from "../ale-commands.js";
export { ALEState, type StickyAction } from "../ale-state.js";
export type { ObservationType } from "../atari-options.js";
export type { AtariFrame, AtariInfo, AtariReset, AtariStep } from "../atari-types.js";
export { AleError, type AleErrorCode, type AleErrorOptions } from "../errors.js";
export { atariIds } from "../games.js";
export type { BoxSpec, DiscreteSpec } from "../spaces.js";
export type { WasmEmulator, WasmModule } from "./module.js";
export { type RomFiles, WasmALEInterface } from "./wasm-ale-interface.js";
export { WasmAtariEnv, type WasmAtariOptions, type WasmAtariState } from "./wasm-atari-env.js";
